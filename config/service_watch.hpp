#pragma once

#include <functional>

#include <signal.h>

#include "adapters/log/json_log.hpp"
#include "adapters/systemd/service_notice.hpp"
#include "config/daemon.hpp"
#include "config/settings.hpp"

namespace hts::config {

/// Waits until a signal ends the daemon, and returns it. Meanwhile tells systemd's watchdog that
/// the process is well, as long as no actor is stuck, and on SIGHUP opens the log anew and applies
/// what of the settings can change; `running` is then what is in force. Settings that cannot be
/// read change nothing.
///
/// `signals` are blocked in every thread.
[[nodiscard]] int watch_service(const sigset_t& signals, Daemon& daemon, log::JsonLog& log,
                                const systemd::ServiceNotice& notice, Settings& running,
                                const std::function<result::Result<Settings>()>& read_settings);

}  // namespace hts::config

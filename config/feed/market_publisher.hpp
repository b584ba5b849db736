#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/redis_streams/publish_queue.hpp"
#include "config/settings.hpp"
#include "engine/result/result.hpp"

namespace hts::config {

/// Where `publish.*` says that candles and signals go; null: nowhere. Nothing is connected before
/// there is something to tell. `note` as of PublishQueue. Errors: invalid, field = key; storage for
/// the password file.
[[nodiscard]] result::Result<std::unique_ptr<redis_streams::PublishQueue>> make_publish_queue(
    const Settings& settings, std::function<void(bool is_problem, const std::string& what)> note);

}  // namespace hts::config

#pragma once

#include <chrono>
#include <functional>

#include "adapters/http/api.hpp"
#include "adapters/prometheus/metrics.hpp"

namespace hts::http {

/// How live trading is, by what its actors say; who does not answer in time is left out. `use` is
/// called once, on a worker thread. Within `enter` or `observe` of the runtime only.
void read_live(const ApiServices& services, std::chrono::seconds patience,
               std::function<void(prometheus::LiveReadings)> use);

}  // namespace hts::http

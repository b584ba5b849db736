#pragma once

#include <chrono>

#include "engine/time/timestamp.hpp"

namespace hts::runtime {

using time::Duration;
using time::Timestamp;

/// A point of the steady clock: for measuring and for deadlines, never for people. Under the
/// simulation it is virtual and starts at zero.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;

}  // namespace hts::runtime

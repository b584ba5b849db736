#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/runtime/beat.hpp"
#include "engine/runtime/clock.hpp"

namespace hts::runtime::detail {

/// Finds cells that stay in one batch for too long.
///
/// It compares what it sees with what it saw: a batch counts from the first look that met it, so it
/// is found up to one interval of looks late, and never too early. It reads no clock and has no
/// thread; used by one thread at a time.
class Watchdog {
 public:
  struct Finding {
    std::uint64_t cell = 0;
    SteadyTime since{};
    bool is_over = false;  ///< it was found before, and has gone on
  };

  Watchdog(Duration patience, std::size_t workers) : patience_(patience), seen_(workers) {}

  /// What is new: each batch that is stuck is told once, and once more when it is over.
  [[nodiscard]] std::vector<Finding> look(SteadyTime now, std::span<const Beat> beats);

 private:
  struct Seen {
    std::uint64_t cell = 0;
    std::uint64_t batches = 0;
    SteadyTime since{};
    bool told = false;
  };

  const Duration patience_;
  std::vector<Seen> seen_;
};

}  // namespace hts::runtime::detail

#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::jobs {

/// Names one job for ever: a UUID. Those made here begin with the time (version 7, RFC 9562), so
/// that new ones stand side by side in an index.
class JobId {
 public:
  /// All zero; names nothing.
  constexpr JobId() = default;
  constexpr JobId(std::uint64_t high, std::uint64_t low) noexcept : high_(high), low_(low) {}

  /// `draw_*`: 128 random bits, of which 74 are taken.
  [[nodiscard]] static JobId make(time::Timestamp now, std::uint64_t draw_high,
                                  std::uint64_t draw_low) noexcept;
  /// The id of a part that a job fans out into: the same whenever it is asked for (version 8, a
  /// hash of the job's id and the number).
  [[nodiscard]] static JobId part_of(const JobId& whole, std::uint32_t number) noexcept;
  /// Any version, any case, with hyphens. Error: invalid, field `task_id`.
  [[nodiscard]] static result::Result<JobId> parse(std::string_view text);

  /// 36 characters, lower case.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] constexpr std::uint64_t high() const noexcept { return high_; }
  [[nodiscard]] constexpr std::uint64_t low() const noexcept { return low_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return high_ == 0 && low_ == 0; }

  friend constexpr auto operator<=>(const JobId&, const JobId&) = default;

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

}  // namespace hts::jobs

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/backtest/sweep/sweep_stretch.hpp"
#include "engine/backtest/validation/walk_forward.hpp"
#include "engine/result/result.hpp"

/// What parts of searches hand to the one that puts them together: JSON, with numbers as the 16
/// hexadecimal digits of their bits, so that each comes back as it was.
namespace hts::job_kinds {

/// `{"first_refusal", "tried": "VALUE SHARPE..."}`: 32 digits a combination, as many - for one that
/// was refused.
[[nodiscard]] std::string stretch_text(const backtest::TriedStretch& stretch);
/// Error: internal, when it is no such text.
[[nodiscard]] result::Result<backtest::TriedStretch> read_stretch(std::string_view text);

/// `[{"evaluated", "combination", "objective"}]`.
[[nodiscard]] std::string winners_text(const std::vector<backtest::WindowWinner>& winners);
/// Error: internal, when it is no such text.
[[nodiscard]] result::Result<std::vector<backtest::WindowWinner>> read_winners(
    std::string_view text);

}  // namespace hts::job_kinds

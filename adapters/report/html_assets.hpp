#pragma once

#include <string_view>

/// What every report document carries along: its looks and the program that draws its charts.
namespace hts::report {

[[nodiscard]] std::string_view html_style();
[[nodiscard]] std::string_view html_script();

}  // namespace hts::report

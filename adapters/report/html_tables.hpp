#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/backtest/statistics/portfolio_report.hpp"

/// The parts of the document that are plain tables. All texts in them are escaped.
namespace hts::report {

[[nodiscard]] std::string statistics_table(const backtest::PortfolioReport& report);
/// A row a year, a column a month and one for the whole year; empty without months.
[[nodiscard]] std::string monthly_table(const std::vector<backtest::MonthlyReturn>& months);
/// Of symbols, and of slots when they are not the same thing.
[[nodiscard]] std::string group_tables(const backtest::PortfolioReport& report);
/// Names beside values; empty without any.
[[nodiscard]] std::string text_table(const std::string& title,
                                     const std::vector<std::pair<std::string, std::string>>& rows);
[[nodiscard]] std::string warning_list(const std::vector<std::string>& warnings);

}  // namespace hts::report

#pragma once

#include <string>

namespace hts::testing {

/// Runs SQL in a DuckDB of its own: how the tests make files of foreign origin, and read ours with
/// nothing of ours. Fails the test on an error.
void run_duckdb(const std::string& sql);

/// The first column of the first row, as text.
std::string ask_duckdb(const std::string& sql);

}  // namespace hts::testing

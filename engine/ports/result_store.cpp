#include "engine/ports/result_store.hpp"

namespace hts::ports {

using result::ErrorCode;
using result::make_error;

result::Status ResultStore::insert_all(const std::vector<backtest::RunSummary>& runs) {
  for (const backtest::RunSummary& run : runs) {
    if (auto stored = insert(run); !stored) return stored;
  }
  return result::success();
}

result::Result<std::vector<std::string>> ResultStore::forget(time::Timestamp, std::uint64_t) {
  return std::vector<std::string>{};
}

result::Error no_such_run(const std::string& run_id) {
  constexpr std::size_t longest_quote = 64;
  return make_error(ErrorCode::not_found,
                    "There is no backtest with the id '" + run_id.substr(0, longest_quote) +
                        "': the history lists those there are.",
                    "run_id");
}

result::Error no_such_symbol(const std::string& run_id, const market::Symbol& symbol) {
  return make_error(ErrorCode::not_found,
                    "The backtest " + run_id + " has no symbol " + symbol.text() + ".", "symbol");
}

result::Error no_equal_run() {
  return make_error(ErrorCode::not_found, "No stored backtest has this fingerprint.");
}

result::Error no_run_yet() {
  return make_error(ErrorCode::not_found,
                    "No backtest has been run yet: start one with `hts backtest` or POST "
                    "/api/backtests/run.");
}

}  // namespace hts::ports

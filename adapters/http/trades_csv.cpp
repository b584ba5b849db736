#include "adapters/http/trades_csv.hpp"

#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "engine/json/json_text.hpp"

namespace hts::http {
namespace {

/// Symbols, names of strategies and reasons of exits have no character that CSV would quote; a
/// strategy from outside might.
void append_cell(std::string& csv, const boost::json::value& value) {
  if (value.is_null()) return;
  if (!value.is_string()) {
    csv += json::to_text(value);
    return;
  }
  const std::string text{value.get_string()};
  if (text.find_first_of(",\"\n\r") == std::string::npos) {
    csv += text;
    return;
  }
  csv += '"';
  for (const char c : text) csv += c == '"' ? std::string{"\"\""} : std::string{c};
  csv += '"';
}

}  // namespace

result::Result<std::string> trades_to_csv(const backtest::BacktestRun& run) {
  json::ParseLimits limits;
  limits.max_bytes = run.document.size() + 1;
  auto document = json::parse_json(run.document, limits);
  const auto* trades =
      document && document->is_object() ? document->get_object().if_contains("trades") : nullptr;
  if (trades == nullptr || !trades->is_array()) {
    return result::make_error(result::ErrorCode::internal,
                              "The stored result of " + run.run_id +
                                  " has no trades: run the backtest again with \"fresh\": true.",
                              "run_id");
  }
  std::string csv;
  for (const auto& trade : trades->get_array()) {
    if (!trade.is_object()) continue;
    if (csv.empty()) {
      for (const auto& member : trade.get_object()) {
        csv += (csv.empty() ? "" : ",") + std::string{member.key()};
      }
      csv += '\n';
    }
    bool first = true;
    for (const auto& member : trade.get_object()) {
      if (!std::exchange(first, false)) csv += ',';
      append_cell(csv, member.value());
    }
    csv += '\n';
  }
  return csv;
}

}  // namespace hts::http

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/screener/condition.hpp"

namespace hts::http {

enum class ScreenerLogic { all, any };

struct ScreenerRequest {
  std::vector<screener::Condition> conditions;  ///< 1 to 5
  ScreenerLogic logic = ScreenerLogic::all;
  std::string quote;  ///< of the markets; empty: any
};

/// `{"conditions": [{"type", "operator", "value", "period", "ma_periods"}], "logic": "AND",
/// "quote": "KRW"}`. Errors: malformed; invalid, field `conditions[0].operator`, ...
[[nodiscard]] result::Result<ScreenerRequest> parse_screener_request(std::string_view body);

}  // namespace hts::http

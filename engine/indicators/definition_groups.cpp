#include "engine/indicators/definition_groups.hpp"

namespace hts::indicators {

ParameterSchema length_parameter(std::string name, std::int64_t default_value, std::string help,
                                 double minimum) {
  return {std::move(name), default_value, minimum, longest_period, false, "bars", std::move(help)};
}

ParameterSchema period_parameter(std::int64_t default_value, double minimum) {
  return length_parameter("period", default_value, "Over how many candles, this one included.",
                          minimum);
}

ParameterSchema source_parameter(std::string default_value) {
  return {"source",
          std::move(default_value),
          0,
          0,
          false,
          "",
          "Which number of the candle: " + std::string{source_names()} + "."};
}

result::Status check_source(const Parameters& parameters) {
  const std::string& source = parameters.text("source");
  if (parse_source(source)) return result::success();
  return result::make_error(result::ErrorCode::invalid,
                            "Parameter source must be one of " + std::string{source_names()} +
                                ", not \"" + source.substr(0, 40) + "\".",
                            "params.source");
}

result::Status check_ascending(const Parameters& parameters, std::string_view lower,
                               std::string_view upper) {
  const auto low = parameters.integer(lower);
  const auto high = parameters.integer(upper);
  if (low < high) return result::success();
  return result::make_error(result::ErrorCode::invalid,
                            "Parameter " + std::string{lower} + " (" + std::to_string(low) +
                                ") must be below " + std::string{upper} + " (" +
                                std::to_string(high) + ").",
                            "params." + std::string{lower});
}

}  // namespace hts::indicators

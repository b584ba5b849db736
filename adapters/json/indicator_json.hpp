#pragma once

#include <vector>

#include "engine/indicators/indicator_definition.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/parameters/parameters.hpp"

namespace hts::json {

/// `{"indicators": [...], "count": n}`, each with name, title, description, group, outputs and its
/// parameters as `write_parameter_schema` writes them.
void write_indicators(Writer& writer,
                      const std::vector<indicators::IndicatorDefinition>& definitions);

/// `{"indicator": "sma", "params": {"period": 3}, "outputs": {"value": [null, null, 1.5]}}`: one
/// entry a candle, null while warming up. `columns` as `indicators::compute` answers them.
void write_indicator_columns(Writer& writer, const indicators::IndicatorDefinition& definition,
                             const parameters::Parameters& parameters,
                             const std::vector<std::vector<double>>& columns);

}  // namespace hts::json

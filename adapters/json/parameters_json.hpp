#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "engine/json/json_writer.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::json {

/// Name, type, default, minimum, maximum, minimum_excluded (the last three null for booleans and
/// texts), unit, help.
void write_parameter_schema(Writer& writer, const strategies::ParameterSchema& parameter);

/// `{"vol_ma_window":20,"vol_multiplier":1.5}`: booleans, integers and numbers keep their type.
void write_parameters(Writer& writer, const std::vector<strategies::NamedValue>& parameters);
[[nodiscard]] std::string parameters_to_text(const std::vector<strategies::NamedValue>& parameters);

/// The members of an object in their order, not yet validated against a schema. Errors: code
/// invalid, field `params` when it is not an object, `params.NAME` when a value is null. An object
/// or array is taken as its compact text.
[[nodiscard]] result::Result<std::vector<strategies::NamedValue>> parse_parameters(
    const boost::json::value& value);

}  // namespace hts::json

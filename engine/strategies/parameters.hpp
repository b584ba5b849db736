#pragma once

#include "engine/parameters/parameters.hpp"

/// A strategy's parameters are parameters like any other; here they have the strategies' name.
namespace hts::strategies {

using parameters::NamedValue;
using parameters::Parameters;
using parameters::ParameterSchema;
using parameters::ParameterValue;
using parameters::parse_assignment;
using parameters::resolve;
using parameters::to_text;

}  // namespace hts::strategies

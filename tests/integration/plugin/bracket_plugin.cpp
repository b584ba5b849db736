#include "bracket.hpp"
#include "engine/strategies/plugin.hpp"

HTS_STRATEGY_PLUGIN(hts::testing::Bracket)

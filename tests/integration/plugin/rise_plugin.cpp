#include "engine/strategies/plugin.hpp"
#include "rise.hpp"

HTS_STRATEGY_PLUGIN(hts::testing::Rise)

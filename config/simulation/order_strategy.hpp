#pragma once

namespace hts::simulation {

/// The name of the simulation's own strategy that gives orders: brackets around the price, exits
/// that trail. Its parameters are `fast` and `slow`, as those of crossing averages.
inline constexpr const char* order_strategy = "simulated_brackets";

/// It is known from now on; the second time nothing happens. Before threads are started.
void register_order_strategy();

}  // namespace hts::simulation

#pragma once

namespace hts::plugin {

/// What a strategy's process does instead of being `hts`: takes the library and orders from the
/// socket that is its standard input until that closes. Limits its own memory, writes no core file,
/// and ends with the process that has started it, also out of an endless loop.
/// Returns the exit status.
int run_strategy_host();

}  // namespace hts::plugin

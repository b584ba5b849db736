#include "engine/strategies/strategy_failure.hpp"

#include <new>

namespace hts::strategies {

std::string reason_of_exception() {
  try {
    throw;
  } catch (const StrategyFailure& failure) {
    return failure.reason();
  } catch (const std::bad_alloc&) {
    return "it ran out of memory";
  } catch (const std::exception& error) {
    return std::string{"it threw \""} + error.what() + "\"";
  } catch (...) {
    return "it threw something that is no std::exception";
  }
}

void throw_as_failure(std::size_t candle) {
  try {
    throw;
  } catch (const StrategyFailure& failure) {
    if (failure.candle()) throw;
    throw StrategyFailure(failure.reason(), candle);
  } catch (...) {
    throw StrategyFailure(reason_of_exception(), candle);
  }
}

}  // namespace hts::strategies

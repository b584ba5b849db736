#pragma once

#include <cstddef>

#include "engine/backtest/control/workers.hpp"

namespace hts::backtest::made {

/// Tasks in an order that no thread would take, as if by several workers.
inline Workers shuffled_workers(std::size_t count) {
  return {count, [count](std::size_t tasks, const Workers::Task& work) {
            for (std::size_t i = 0; i < tasks; ++i) work(tasks - 1 - i, i % count);
          }};
}

}  // namespace hts::backtest::made

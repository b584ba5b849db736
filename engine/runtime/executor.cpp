#include "engine/runtime/executor.hpp"

#include "engine/runtime/cell.hpp"
#include "engine/runtime/lane.hpp"

namespace hts::runtime::detail {

void Executor::ring(Cell& cell) noexcept {
  cell.take_alarm();
}

void Executor::end_job(LaneJob& job) noexcept {
  job.come_home();
}

}  // namespace hts::runtime::detail

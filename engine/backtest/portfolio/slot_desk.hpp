#pragma once

#include "engine/backtest/portfolio/simulation.hpp"

namespace hts::backtest {

/// The desk of one slot's strategy inside a simulation.
class Simulation::SlotDesk final : public trading::OrderDesk {
 public:
  SlotDesk(Simulation& simulation, std::size_t slot) : simulation_(&simulation), slot_(slot) {}

  trading::OrderId submit(const trading::OrderRequest& request) override;
  void cancel(trading::OrderId id) override;
  void cancel_all() override;
  [[nodiscard]] trading::PositionView position() const override;
  [[nodiscard]] double equity() const override { return simulation_->account_.equity(); }

 private:
  Simulation* simulation_;
  std::size_t slot_;
};

}  // namespace hts::backtest

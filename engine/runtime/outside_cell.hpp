#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/runtime/cell.hpp"

namespace hts::runtime::detail {

/// A cell without an actor or data: it asks on behalf of threads outside, so that their questions
/// have the same deadlines and the same answers as an actor's.
class OutsideCell final : public Cell {
 public:
  OutsideCell(Host& host, std::shared_ptr<Lifeline> lifeline, std::uint64_t id, std::string name,
              const ActorOptions& options)
      : Cell(host, std::move(lifeline), id, std::move(name), options) {}

 private:
  ~OutsideCell() override = default;

  Drained drain_data(Turn&) override { return Drained::within_budget; }
  void make_actor(Context&) override {}
  void call_on_stop() override {}
  void end_actor() noexcept override {}
  void retire_actor() noexcept override {}
  void discard_data() noexcept override {}
  bool is_empty() const noexcept override { return true; }
  bool rest() noexcept override { return gate_.rest_at(0); }
  bool close_if_empty() noexcept override { return gate_.close_at(0); }
  std::size_t depth() const noexcept override { return 0; }
  std::size_t capacity() const noexcept override { return 0; }
};

}  // namespace hts::runtime::detail

#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "adapters/feed/frame_reader.hpp"
#include "engine/ports/market_feed.hpp"

namespace hts::feed {

/// A feed's figures: changed by its thread, read by any.
class FeedCount {
 public:
  explicit FeedCount(std::string name) { figures_.name = std::move(name); }

  [[nodiscard]] ports::FeedFigures get() const {
    const std::lock_guard lock(mutex_);
    return figures_;
  }
  template <class Change>
  void change(Change change) {
    const std::lock_guard lock(mutex_);
    change(figures_);
  }
  void add(const FrameTally& more, time::Timestamp now) {
    change([&](ports::FeedFigures& all) {
      all.frames += more.frames;
      all.trades += more.trades;
      all.bytes += more.bytes;
      all.malformed += more.malformed;
      all.unknown_symbols += more.unknown_symbols;
      all.refused += more.refused;
      if (more.frames > 0) all.last_frame = now;
    });
  }

 private:
  mutable std::mutex mutex_;
  ports::FeedFigures figures_;
};

}  // namespace hts::feed

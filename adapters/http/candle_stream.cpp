#include "adapters/http/candle_stream.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace hts::http {
namespace {

constexpr std::uint64_t block_bytes = 256U << 10U;

}  // namespace

CandleStream::CandleStream(parquet::OpenCandleFile file, threads::TaskQueue& queue,
                           std::shared_ptr<void> ticket)
    : file_(std::move(file)), queue_(queue), ticket_(std::move(ticket)) {}

void CandleStream::listen(std::function<void()> ready) {
  {
    const std::scoped_lock lock(mutex_);
    ready_ = std::move(ready);
  }
  order_block();
}

bool CandleStream::read(std::string& out) {
  {
    const std::scoped_lock lock(mutex_);
    out += block_;
    const bool is_over = is_broken_ || fetched_ == file_.facts().bytes;
    if (is_over) return false;
    if (block_.empty()) return true;
    block_.clear();
  }
  order_block();
  return true;
}

void CandleStream::order_block() {
  const bool is_ordered = queue_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->fetch_block();
  });
  if (is_ordered) return;
  const std::scoped_lock lock(mutex_);
  is_broken_ = true;
}

void CandleStream::fetch_block() {
  // Only one block is under way at a time, and nobody else writes what is read here.
  const std::uint64_t left = file_.facts().bytes - fetched_;
  std::string block(static_cast<std::size_t>(std::min(block_bytes, left)), '\0');
  const auto got = file_.read_at(fetched_, std::as_writable_bytes(std::span{block}));
  std::function<void()> ready;
  {
    const std::scoped_lock lock(mutex_);
    fetched_ += block.size();
    is_broken_ = !got;
    if (got) block_ = std::move(block);
    ready = ready_;
  }
  ready();
}

}  // namespace hts::http

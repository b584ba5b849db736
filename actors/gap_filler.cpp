#include "actors/gap_filler.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hts::actors {
namespace {

using result::ErrorCode;

/// Nothing that an exchange says may break the order of candles.
std::optional<std::string> find_disorder(const market::CandleSeries& candles,
                                         time::TimeRange range) {
  for (std::size_t i = 0; i < candles.size(); ++i) {
    const time::Timestamp opens = candles.open_time[i];
    if (!range.contains(opens) || (i > 0 && opens <= candles.open_time[i - 1])) {
      return "the candle at " + time::format_iso8601(opens) + " is out of order";
    }
    if (auto defect = market::find_defect(candles[i])) return defect;
  }
  return std::nullopt;
}

}  // namespace

GapFiller::GapFiller(runtime::Context& context, Options options, Hooks hooks)
    : context_(context), options_(options), hooks_(std::move(hooks)) {}

void GapFiller::fill(paper::InstrumentId instrument, const market::Symbol& symbol,
                     time::TimeRange range) {
  if (options_.history == nullptr) {
    hooks_.on_given_up(instrument, range, "no history of the exchange is set up");
    return;
  }
  waiting_.push_back({instrument, symbol, range});
  pump();
}

void GapFiller::drop() {
  ++generation_;
  waiting_.clear();
  under_way_ = 0;
}

void GapFiller::pump() {
  while (!is_pausing_ && under_way_ < most_under_way && !waiting_.empty()) {
    const Gap gap = std::move(waiting_.front());
    waiting_.pop_front();
    ++under_way_;
    context_.offload(
        *options_.lane,
        [history = options_.history, gap] {
          return history->candles(gap.symbol, market::Timeframe::minute(), gap.range);
        },
        [this, gap, generation = generation_](result::Result<market::CandleSeries> candles) {
          if (generation == generation_) come_back(gap, std::move(candles));
        });
  }
}

void GapFiller::come_back(const Gap& gap, result::Result<market::CandleSeries> candles) {
  --under_way_;
  if (candles) {
    if (const auto disorder = find_disorder(*candles, gap.range)) {
      candles = result::make_error(
          ErrorCode::malformed,
          "The exchange's history of " + gap.symbol.text() + " makes no sense: " + *disorder + ".");
    }
  }
  if (!candles) {
    fail(gap, candles.error());
    return;
  }
  if (std::exchange(failures_, 0) > 0) {
    context_.log(runtime::LogLevel::info, "The exchange's history answers again.");
  }
  failing_since_.reset();
  hooks_.on_filled(gap.instrument, gap.range, std::move(*candles));
  pump();
}

void GapFiller::fail(const Gap& gap, const result::Error& error) {
  ++errors_;
  if (error.code == ErrorCode::unknown_symbol || error.code == ErrorCode::not_found) {
    hooks_.on_given_up(gap.instrument, gap.range, error.message);
    pump();
    return;
  }
  waiting_.push_front(gap);
  const runtime::SteadyTime now = context_.steady_now();
  if (!failing_since_) failing_since_ = now;
  if (failures_++ == 0) {
    context_.log(runtime::LogLevel::warning,
                 "Minutes that the stream missed cannot be fetched yet: " + error.message);
  }
  if (now - *failing_since_ >= options_.patience) {
    give_up_all(error.message);
    return;
  }
  if (std::exchange(is_pausing_, true)) return;
  const auto pause = std::chrono::milliseconds{1'000} * (1 << std::min(failures_ - 1, 5U));
  const std::chrono::milliseconds jitter{context_.random() % 1'000};
  context_.after(pause + jitter, [this] {
    is_pausing_ = false;
    pump();
  });
}

void GapFiller::give_up_all(const std::string& why) {
  for (const Gap& gap : std::exchange(waiting_, {})) {
    hooks_.on_given_up(gap.instrument, gap.range, why);
  }
}

}  // namespace hts::actors

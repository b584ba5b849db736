#include "config/live/live_trading.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>

#include "adapters/http/websocket/session_events.hpp"
#include "config/feed/market_feed.hpp"
#include "config/feed/market_publisher.hpp"

namespace hts::config {
namespace {

/// A percentage from 0 to 50, as a fraction.
result::Result<double> fraction_of(const Settings& settings, const std::string& key) {
  const std::string& text = settings.text(key);
  double percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (is_number && std::isfinite(percent) && percent >= 0 && percent <= 50) return percent / 100;
  return result::make_error(result::ErrorCode::invalid,
                            key + " must be a percentage from 0 to 50, for example 0.1, not '" +
                                text.substr(0, 64) + "'.",
                            key);
}

market::DayBoundary live_boundary(const Settings& settings) {
  return settings.text("ingest.day_boundary") == "kst" ? market::DayBoundary::kst
                                                       : market::DayBoundary::utc;
}

}  // namespace

result::Result<paper::ManualCosts> manual_costs(const Settings& settings) {
  const auto fee = fraction_of(settings, "live.manual_fee_pct");
  if (!fee) return fee.error();
  const auto slippage = fraction_of(settings, "live.manual_slippage_pct");
  if (!slippage) return slippage.error();
  return paper::ManualCosts{*fee, *slippage, settings.boolean("live.fee_on_exit")};
}

result::Result<std::unique_ptr<LiveTrading>> LiveTrading::open(
    const Settings& settings, ports::CandleStore& catalog,
    std::function<void(bool is_problem, const std::string& what)> note) {
  std::unique_ptr<LiveTrading> live{new LiveTrading};
  FeedGround ground;
  ground.io = [live = live.get()] { return &live->runtime_->io(); };
  ground.visit = [live = live.get()](const std::function<void()>& take) {
    live->runtime_->visit(take);
  };
  auto feed = make_feed(settings, ground);
  if (!feed) return std::move(feed).error();
  if (*feed == nullptr) return std::unique_ptr<LiveTrading>{};
  auto history = make_history(settings);
  if (!history) return std::move(history).error();
  auto publishing = make_publish_queue(settings, std::move(note));
  if (!publishing) return std::move(publishing).error();
  const auto path = std::filesystem::path{settings.text("state.root")} / "live.sqlite";
  auto tail = sqlite::SqliteCandleTail::open(path);
  if (!tail) return std::move(tail).error();
  auto ledger = sqlite::SqliteLedgerStore::open(path);
  if (!ledger) return std::move(ledger).error();

  live->wants_quotes_ = settings.boolean("feed.quotes");
  live->feed_ = std::move(*feed);
  live->history_ = std::move(*history);
  live->tail_ = std::move(*tail);
  live->ledger_ = std::move(*ledger);
  live->journaled_ledger_ = std::make_unique<journal::JournaledLedgerStore>(live->ledger_.get());
  live->candles_ =
      std::make_unique<tail::TailedCandleStore>(catalog, *live->tail_, live_boundary(settings));
  ports::CandleTail* tail_below = live->tail_.get();
  if (*publishing != nullptr) {
    live->publishing_ = std::move(*publishing);
    tail_below = &live->publishing_tail_.emplace(*live->tail_, *live->publishing_);
  }
  live->journaled_tail_ = std::make_unique<journal::JournaledCandleTail>(tail_below);
  if (live->history_) {
    live->journaled_history_ =
        std::make_unique<journal::JournaledMarketHistory>(live->history_.get());
  }
  return live;
}

void LiveTrading::wire(Stores& stores, LiveOptions& options) {
  stores.ledger = journaled_ledger_.get();
  stores.tail = journaled_tail_.get();
  stores.history = journaled_history_.get();
  live_candles_ = std::make_unique<journal::JournaledLiveCandles>(candles_.get(), stores.candles);
  stores.live_candles = live_candles_.get();
  options.gate = gate_;
  if (publishing_) {
    options.announce = [this](const paper::LivePlan& plan,
                              const std::vector<paper::PaperEvent>& events) {
      for (const paper::PaperEvent& event : events) {
        publishing_->add_signal(http::session_event_text(plan, event));
      }
    };
  }
  options.subscribe = [this](const ports::FeedSubscription& wanted) { return subscribe(wanted); };
}

void LiveTrading::begin(runtime::Runtime& runtime,
                        runtime::Address<actors::IngestProtocol> ingest) {
  runtime_ = &runtime;
  intake_ = std::make_unique<FeedIntake>(runtime, std::move(ingest), gate_);
}

result::Status LiveTrading::subscribe(const ports::FeedSubscription& wanted) {
  // A stop waits for the feed's thread, which may be the one that runs this.
  const std::unique_lock lock(feed_mutex_, std::try_to_lock);
  if (!lock || is_stopped_) {
    return result::make_error(result::ErrorCode::unavailable,
                              "The daemon stops: ask its next life.");
  }
  if (wanted.symbols.empty()) {
    feed_->stop();
    return result::success();
  }
  ports::FeedSubscription with_quotes = wanted;
  with_quotes.wants_quotes = wants_quotes_;
  return feed_->subscribe(with_quotes, *intake_);
}

void LiveTrading::stop() {
  const std::lock_guard lock(feed_mutex_);
  is_stopped_ = true;
  feed_->stop();
}

}  // namespace hts::config

#include "live_parts.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include "adapters/binance/binance_feed.hpp"
#include "adapters/disk/disk.hpp"
#include "config/settings.hpp"
#include "config/wiring/feed_arrival.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "live.hpp"

namespace hts::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{60};

config::Settings settings_of(const fs::path& folder, std::uint16_t exchange) {
  const std::string address = "127.0.0.1:" + std::to_string(exchange);
  config::Settings settings;
  for (const auto& [key, value] : {std::pair<const char*, std::string>{"feed.source", "binance"},
                                   {"feed.url", "ws://" + address},
                                   {"feed.history_url", "http://" + address},
                                   {"state.root", (folder / "state").string()}}) {
    if (auto set = settings.set(key, value, "bench"); !set) fail(set.error().message);
  }
  return settings;
}

std::unique_ptr<journal::JournalWriter> make_writer(const fs::path& folder) {
  journal::WriterOptions options;
  options.folder = (folder / "state/journal").string();
  options.fsync = journal::Fsync::interval;
  journal::SegmentHeader header;
  header.program = "bench";
  return must(
      journal::JournalWriter::open(disk::system_disk(), std::move(options), std::move(header)));
}

/// A question from outside, as the daemon's HTTP server brings them.
class Entrance final : public runtime::OutsideWork {
 public:
  explicit Entrance(std::function<void()> ask) : ask_(std::move(ask)) {}
  [[nodiscard]] std::string_view name() const noexcept override { return "bench.question"; }
  void encode(std::string& /*bytes*/) const override {}
  void run() override { ask_(); }

 private:
  std::function<void()> ask_;
};

/// When the feed of this thread last looked at what it has read.
thread_local std::int64_t last_read = 0;

class Tap final : public ports::FeedListener {
 public:
  Tap(std::unique_ptr<config::FeedIntake> intake, const LiveParts::OnRead& on_read)
      : intake_(std::move(intake)), on_read_(on_read) {}

  bool on_batch(const std::shared_ptr<const ports::FeedBatch>& batch) override {
    if (on_read_) on_read_(*batch, last_read);
    return intake_->on_batch(batch);
  }
  void on_status(const ports::FeedStatus& status) override { intake_->on_status(status); }

 private:
  std::unique_ptr<config::FeedIntake> intake_;
  const LiveParts::OnRead& on_read_;
};

std::unique_ptr<ports::MarketFeed> make_feed(std::uint16_t exchange, runtime::Runtime& runtime) {
  feed::StreamFeedOptions options;
  options.conditions.visit = [&runtime](const std::function<void()>& take) { runtime.visit(take); };
  options.conditions.moment = [] {
    last_read = monotonic_now();
    return std::chrono::nanoseconds{last_read};
  };
  return feed::make_stream_feed(
      binance::binance_stream("ws://127.0.0.1:" + std::to_string(exchange)), std::move(options));
}

}  // namespace

LiveParts::LiveParts(const fs::path& folder, std::uint16_t exchange, bool is_recorded,
                     OnRead on_read)
    : database_(std::make_shared<parquet::DuckdbDatabase>(parquet::DuckdbOptions{})),
      catalog_((folder / "data").string(), database_),
      artifacts_(folder / "state/runs", database_),
      results_(must(sqlite::SqliteResultStore::open(folder / "state/results.sqlite"))),
      live_(must(config::LiveTrading::open(settings_of(folder, exchange), catalog_))),
      alerts_(must(sqlite::SqliteAlertOutbox::open(folder / "state/live.sqlite"))),
      journaled_candles_(live_->candles()),
      writer_(is_recorded ? make_writer(folder) : nullptr),
      recorder_(writer_ ? std::make_unique<journal::JournalRecorder>(*writer_) : nullptr),
      on_read_(std::move(on_read)),
      runtime_(runtime_options()),
      feed_(make_feed(exchange, runtime_)) {
  config::WiringOptions options;
  options.environment = "bench";
  options.execution_host = "here";
  config::Stores stores{journaled_candles_, *results_, artifacts_};
  stores.alerts = alerts_.get();
  live_->wire(stores, options.live);
  stores.history = nullptr;  // it has nothing, and asking for it is paced
  gate_ = options.live.gate;
  options.live.subscribe = [this](const ports::FeedSubscription& wanted) {
    if (!wanted.symbols.empty()) return feed_->subscribe(wanted, *intake_);
    feed_->stop();
    return result::success();
  };
  actors_ = config::spawn_actors(runtime_, stores, options);
  intake_ = std::make_unique<Tap>(
      std::make_unique<config::FeedIntake>(runtime_, actors_.ingest, gate_), on_read_);
  if (auto started = runtime_.start(); !started) fail(started.error().message);
}

LiveParts::~LiveParts() {
  feed_->stop();
  (void)runtime_.shutdown(std::chrono::seconds{5});
}

runtime::RuntimeOptions LiveParts::runtime_options() const {
  runtime::RuntimeOptions options;
  options.threads = 2;
  options.recorder = recorder_.get();
  options.log = [](const runtime::LogRecord& record) {
    if (record.level == runtime::LogLevel::error) {
      std::fprintf(stderr, "live: %s: %s\n", std::string{record.actor}.c_str(),
                   std::string{record.text}.c_str());
    }
  };
  return options;
}

template <class P, class Query>
result::Result<typename Query::Reply> LiveParts::ask(const runtime::Address<P>& actor,
                                                     Query query) {
  using Reply = typename Query::Reply;
  std::promise<result::Result<Reply>> promise;
  auto answer = promise.get_future();
  runtime_.enter(std::make_unique<Entrance>([&] {
    (void)runtime_.ask(actor, std::move(query), patience, [&promise](result::Result<Reply> reply) {
      promise.set_value(std::move(reply));
    });
  }));
  return answer.get();
}

void LiveParts::trade(std::size_t symbols, const char* strategy) {
  const auto* const definition = must(strategies::find_strategy(strategy));
  actors::StartSession start;
  for (std::size_t i = 0; i < symbols; ++i) {
    start.plan.symbols.push_back(must(market::Symbol::parse("S" + std::to_string(i) + "_USDT")));
    paper::LiveSlot& slot = start.plan.slots.emplace_back();
    slot.instrument = static_cast<paper::InstrumentId>(i);
    slot.strategy = strategy;
    slot.parameters = must(strategies::resolve_for(*definition, {}));
  }
  start.plan.account.cash = 1e9;
  for (;;) {
    const auto answer = ask(actors_.positions, start);
    if (answer) return;
    // What is stored is read first.
    if (answer.error().code != result::ErrorCode::unavailable) fail(answer.error().message);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

std::shared_ptr<const actors::MarketStatus> LiveParts::market() {
  return must(ask(actors_.ingest, actors::GetMarketStatus{}));
}

}  // namespace hts::bench

#include "adapters/recording/replay_feed.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/binance/binance_feed.hpp"
#include "adapters/binance/binance_frame.hpp"
#include "adapters/feed/feed_count.hpp"
#include "adapters/feed/frame_reader.hpp"
#include "adapters/recording/recording_file.hpp"
#include "adapters/upbit/upbit_frame.hpp"

namespace hts::recording {
namespace {

using ports::FeedState;

std::chrono::nanoseconds steady_moment() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

time::Timestamp wall_time() {
  return std::chrono::time_point_cast<time::Duration>(std::chrono::system_clock::now());
}

/// A recording may hold messages of both exchanges: which one wrote a message shows in the name of
/// its first member.
class Readers {
 public:
  explicit Readers(const std::vector<market::Symbol>& symbols)
      : binance_(&binance::parse_frame, codes_of(symbols, &binance::code_of)),
        upbit_(&upbit::parse_frame, codes_of(symbols, [](const market::Symbol& symbol) {
          return symbol.upbit_code();
        })) {}

  void read(std::string_view text, ports::FeedBatch& batch) {
    feed::FrameReader& reader = is_of_binance(text) ? binance_ : upbit_;
    (void)reader.read(text, batch);
    frame_time_ = reader.frame_time();
  }
  [[nodiscard]] time::Timestamp frame_time() const noexcept { return frame_time_; }
  [[nodiscard]] feed::FrameTally tally() const noexcept {
    const feed::FrameTally& left = binance_.tally();
    const feed::FrameTally& right = upbit_.tally();
    return {left.frames + right.frames,
            left.trades + right.trades,
            left.bytes + right.bytes,
            left.malformed + right.malformed,
            left.unknown_symbols + right.unknown_symbols,
            left.refused + right.refused};
  }

 private:
  template <class CodeOf>
  static std::vector<std::string> codes_of(const std::vector<market::Symbol>& symbols,
                                           CodeOf code_of) {
    std::vector<std::string> codes;
    for (const market::Symbol& symbol : symbols) codes.push_back(code_of(symbol));
    return codes;
  }
  static bool is_of_binance(std::string_view text) noexcept {
    const auto quote = text.find('"');
    if (quote == std::string_view::npos) return false;
    const std::string_view name = text.substr(quote + 1, 7);
    return name.starts_with("stream\"") || name.starts_with("data\"") ||
           (name.size() > 1 && name[1] == '"');
  }

  feed::FrameReader binance_;
  feed::FrameReader upbit_;
  time::Timestamp frame_time_{};
};

/// One subscription, from its start to its end.
class Session {
 public:
  Session(RecordingFile file, const ReplayOptions& options,
          const ports::FeedSubscription& subscription, ports::FeedListener& listener,
          feed::FeedCount& count)
      : file_(std::move(file)),
        options_(options),
        subscription_(subscription.number),
        after_(subscription.after),
        readers_(subscription.symbols),
        listener_(listener),
        count_(count),
        thread_([this] { play(); }) {}

  ~Session() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  void play() {
    tell(FeedState::live, {});
    std::optional<ReplayPace> pace;
    for (;;) {
      auto message = file_.next();
      if (!message || !*message) {
        if (!flush()) return;
        if (message) {
          tell(FeedState::stopped, "The recording is over.");
        } else {
          tell(FeedState::disconnected, message.error().message);
        }
        return;
      }
      const RecordedMessage& recorded = **message;
      // A message without a time of its own has to be read to know when it is due.
      if (recorded.received) {
        now_ = std::max(now_, *recorded.received);
        if (!wait_until_due(pace)) return;
        readers_.read(recorded.text, batch_);
      } else {
        const std::string text(recorded.text);
        ports::FeedBatch later;
        readers_.read(text, later);
        now_ = std::max(now_, readers_.frame_time());
        if (!wait_until_due(pace)) return;
        append(later);
      }
      if (++messages_ >= options_.messages_a_batch && !flush()) return;
    }
  }

  void append(const ports::FeedBatch& more) {
    batch_.trades.insert(batch_.trades.end(), more.trades.begin(), more.trades.end());
    batch_.candles.insert(batch_.candles.end(), more.candles.begin(), more.candles.end());
    batch_.tickers.insert(batch_.tickers.end(), more.tickers.begin(), more.tickers.end());
    batch_.quotes.insert(batch_.quotes.end(), more.quotes.begin(), more.quotes.end());
  }

  /// False when it is over.
  [[nodiscard]] bool wait_until_due(std::optional<ReplayPace>& pace) {
    if (options_.speed <= 0 || now_ <= after_) {
      reached_ = now_;
      return true;
    }
    if (!pace) pace.emplace(steady_moment(), now_, options_.speed);
    const auto due = pace->due(now_);
    if (due > steady_moment()) {
      if (!flush()) return false;
      std::unique_lock lock(mutex_);
      while (!is_over_ && due > steady_moment()) {
        changed_.wait_for(lock, due - steady_moment());
      }
      if (is_over_) return false;
    }
    reached_ = now_;
    return true;
  }

  /// Gives what has been read; false when it is over before somebody took it.
  [[nodiscard]] bool flush() {
    messages_ = 0;
    const feed::FrameTally now = readers_.tally();
    count_.add({now.frames - told_.frames, now.trades - told_.trades, now.bytes - told_.bytes,
                now.malformed - told_.malformed, now.unknown_symbols - told_.unknown_symbols,
                now.refused - told_.refused},
               wall_time());
    told_ = now;
    const bool is_empty = batch_.trades.empty() && batch_.candles.empty() &&
                          batch_.tickers.empty() && batch_.quotes.empty();
    if (is_empty) return !is_over();
    batch_.subscription = subscription_;
    batch_.received = reached_;
    const auto whole =
        std::make_shared<const ports::FeedBatch>(std::exchange(batch_, ports::FeedBatch{}));
    while (!is_over()) {
      if (listener_.on_batch(whole)) return true;
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, options_.refused_batch, [this] { return is_over_; });
    }
    count_.change([&](ports::FeedFigures& all) { all.dropped += whole->trades.size(); });
    return false;
  }

  [[nodiscard]] bool is_over() {
    const std::lock_guard lock(mutex_);
    return is_over_;
  }

  void tell(FeedState state, const std::string& reason) {
    if (is_over()) return;
    const ports::FeedStatus status{subscription_, state, wall_time(), reason};
    count_.change([&](ports::FeedFigures& all) {
      all.status = status;
      if (state == FeedState::live) ++all.connects;
    });
    listener_.on_status(status);
  }

  RecordingFile file_;
  const ReplayOptions& options_;
  const std::uint64_t subscription_;
  const time::Timestamp after_;  ///< up to here nobody waits
  Readers readers_;
  ports::FeedListener& listener_;
  feed::FeedCount& count_;
  feed::FrameTally told_;
  ports::FeedBatch batch_;
  std::size_t messages_ = 0;
  time::Timestamp now_{};      ///< the recording's clock at the message that was read last
  time::Timestamp reached_{};  ///< the same, of those that are due
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::thread thread_;
};

class ReplayFeed final : public ports::MarketFeed {
 public:
  explicit ReplayFeed(ReplayOptions options) : options_(std::move(options)) {}
  ~ReplayFeed() override { stop(); }
  ReplayFeed(const ReplayFeed&) = delete;
  ReplayFeed& operator=(const ReplayFeed&) = delete;

  result::Status subscribe(const ports::FeedSubscription& subscription,
                           ports::FeedListener& listener) override {
    if (subscription.symbols.empty()) {
      return result::make_error(result::ErrorCode::invalid,
                                "A subscription needs a symbol: name at least one.", "symbols");
    }
    auto file = RecordingFile::open(options_.path);
    if (!file) return file.error();
    stop();
    session_ =
        std::make_unique<Session>(*std::move(file), options_, subscription, listener, count_);
    return result::success();
  }

  void stop() override {
    if (session_ == nullptr) return;
    session_.reset();
    count_.change([](ports::FeedFigures& all) {
      all.status.state = FeedState::stopped;
      all.status.since = wall_time();
    });
  }

  [[nodiscard]] ports::FeedFigures figures() const override { return count_.get(); }

 private:
  const ReplayOptions options_;
  feed::FeedCount count_{"replay"};
  std::unique_ptr<Session> session_;
};

}  // namespace

std::chrono::nanoseconds ReplayPace::due(time::Timestamp received) const noexcept {
  const auto past = static_cast<double>((received - first_).count());
  return begin_ + std::chrono::nanoseconds{static_cast<std::int64_t>(past / speed_)};
}

std::unique_ptr<ports::MarketFeed> make_replay_feed(ReplayOptions options) {
  return std::make_unique<ReplayFeed>(std::move(options));
}

}  // namespace hts::recording

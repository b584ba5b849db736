#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/binance/binance_feed.hpp"
#include "adapters/binance/binance_frame.hpp"
#include "adapters/feed/stream_feed.hpp"
#include "adapters/recording/recording_file.hpp"
#include "integration/feed/collecting_listener.hpp"
#include "integration/feed/loopback_exchange.hpp"

namespace hts::feed {
namespace {

using testing::CollectingListener;
using testing::LoopbackExchange;
using testing::Peer;

/// Recorded messages, or ones of that form where there is no recording.
std::vector<std::string> messages() {
  constexpr std::size_t most = 6000;
  std::vector<std::string> texts;
  auto file =
      recording::RecordingFile::open((std::filesystem::path{HTS_SOURCE_DIR} / ".." / "shared" /
                                      "data" / "binance" / "spot_btcusdt_20240808.stream.gz")
                                         .string());
  while (file && texts.size() < most) {
    auto next = file->next();
    if (!next || !*next) break;
    texts.emplace_back((*next)->text);
  }
  for (int i = 1; !file && texts.size() < most; ++i) {
    texts.push_back(R"({"e":"trade","E":5,"s":"BTCUSDT","t":)" + std::to_string(i) +
                    R"(,"p":"7","q":"1","T":1,"m":true,"M":true})");
  }
  return texts;
}

std::string frame_around(const std::string& text, unsigned first = 0x81) {
  std::string bytes(1, static_cast<char>(first));
  if (text.size() < 126) {
    bytes += static_cast<char>(text.size());
  } else {
    bytes += static_cast<char>(126);
    bytes += static_cast<char>(text.size() >> 8U);
    bytes += static_cast<char>(text.size());
  }
  return bytes + text;
}

/// An exchange that has good and bad days, by its seed. What it would have sent while nobody was
/// connected is gone.
class FaultyExchange {
 public:
  FaultyExchange(const std::vector<std::string>& texts, std::uint32_t seed)
      : texts_(texts), random_(seed) {}

  void serve(Peer& peer) {
    std::unique_lock lock(mutex_);
    if (next_ > 0 && next_ + 500 < texts_.size()) next_ += below(30);
    const std::size_t until = std::min(texts_.size(), next_ + 200 + below(1500));
    std::string bytes;
    for (; next_ < until; ++next_) {
      add(texts_[next_], bytes);
      if (bytes.size() > below(20'000)) send_in_pieces(peer, bytes);
    }
    if (next_ == texts_.size()) {
      send_in_pieces(peer, bytes);
      lock.unlock();
      peer.wait_until_gone();
      return;
    }
    switch (below(4)) {
      case 0:  // in the middle of a message
        bytes += frame_around(texts_[next_]).substr(0, 1 + below(100));
        send_in_pieces(peer, bytes);
        break;
      case 1:
        send_in_pieces(peer, bytes);
        peer.close();
        break;
      case 2:
        bytes += "\xff\xff no frame";
        send_in_pieces(peer, bytes);
        lock.unlock();
        peer.wait_until_gone();
        break;
      default:  // what was not sent yet is lost
        break;
    }
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  void add(const std::string& text, std::string& bytes) {
    switch (below(40)) {
      case 0:
        bytes += frame_around(text.substr(0, below(text.size())));
        bytes += frame_around(text);
        break;
      case 1: {
        const std::size_t cut = below(text.size());
        bytes += frame_around(text.substr(0, cut), 0x01) + frame_around("ping", 0x89) +
                 frame_around(text.substr(cut), 0x80);
        break;
      }
      case 2:
        bytes += frame_around("\xff\xfe not json", 0x82) + frame_around(text, 0x82);
        break;
      default:
        bytes += frame_around(text);
    }
  }

  void send_in_pieces(Peer& peer, std::string& bytes) {
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const std::string_view piece = rest.substr(0, 1 + below(3000));
      peer.send_raw(piece);
      rest.remove_prefix(piece.size());
    }
    bytes.clear();
  }

  const std::vector<std::string>& texts_;
  std::mutex mutex_;
  std::mt19937 random_;
  std::size_t next_ = 0;
};

TEST(faulty_stream, every_trade_comes_once_in_order_or_a_loss_was_told_in_its_place) {
  const auto texts = messages();
  std::vector<std::uint64_t> sent;
  for (const std::string& text : texts) {
    Frame frame;
    ASSERT_TRUE(binance::parse_frame(text, frame));
    if (frame.kind == Frame::Kind::trade) sent.push_back(frame.trade.sequence);
  }
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    FaultyExchange faulty(texts, seed);
    LoopbackExchange exchange({[&](Peer& peer) { faulty.serve(peer); }});
    StreamFeedOptions options;
    options.reconnect = {.first = std::chrono::milliseconds{2},
                         .longest = std::chrono::milliseconds{8},
                         .stable = std::chrono::seconds{60}};
    CollectingListener listener;
    listener.refuse(seed);
    const auto feed = make_stream_feed(binance::binance_stream(exchange.url()), options);
    ports::FeedSubscription subscription;
    subscription.symbols.push_back(*market::Symbol::parse("BTCUSDT"));
    ASSERT_TRUE(feed->subscribe(subscription, listener).ok());
    const auto told = listener.wait_until([&](const CollectingListener::Told& now) {
      return !now.trades.empty() && now.trades.back().trade.sequence == sent.back();
    });
    ASSERT_FALSE(told.trades.empty());
    ASSERT_EQ(told.trades.back().trade.sequence, sent.back()) << "seed " << seed;

    std::size_t at = 0;  // in what was sent
    for (std::size_t i = 0; i < told.trades.size(); ++i, ++at) {
      const std::size_t before = at;
      while (at < sent.size() && sent[at] != told.trades[i].trade.sequence) ++at;
      ASSERT_LT(at, sent.size()) << "seed " << seed << ": trade " << i << " came again";
      if (at == before || i == 0) continue;
      bool is_told = false;
      for (std::size_t s = 0; s < told.statuses.size(); ++s) {
        is_told = is_told || (told.statuses[s].state == ports::FeedState::disconnected &&
                              told.trades_before[s] == i);
      }
      ASSERT_TRUE(is_told) << "seed " << seed << ": " << at - before << " trades before number "
                           << i << " are missing, and nothing was told";
    }
    EXPECT_EQ(feed->figures().dropped, 0U);
    EXPECT_GT(feed->figures().disconnects, 0U);
  }
}

}  // namespace
}  // namespace hts::feed

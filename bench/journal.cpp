// How fast what enters is journaled, and how fast a journal is replayed. Real files in the working
// directory, which should be on a real disk; the median of five.
//
//   journal           a readable table
//   journal --lines   figure<TAB>value<TAB>unit, one figure a line, nothing else
//
// append: one feed tells 1,000,000 trades of 48 bytes through an inlet into a sequenced runtime of
// two worker threads. Each takes a number and a time, is encoded, checksummed, appended (fsync
// every 100 ms), delivered to the actor and worked on until nothing is left; every 60th makes the
// actor send a command, which is appended too. The clock stops once all of it is written and
// synced. replay: that journal is read, checked, decoded and delivered to the same actor under the
// replay executor, and its commands are compared byte for byte.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "adapters/disk/disk.hpp"
#include "adapters/journal/journal_reader.hpp"
#include "adapters/journal/journal_recorder.hpp"
#include "adapters/journal/journal_writer.hpp"
#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"
#include "adapters/journal/record_codec.hpp"
#include "engine/runtime/inlet.hpp"
#include "engine/runtime/replay_executor.hpp"
#include "engine/runtime/runtime.hpp"

namespace {

namespace fs = std::filesystem;
namespace journal = hts::journal;
namespace runtime = hts::runtime;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t trades = 1'000'000;
constexpr int rounds = 5;
constexpr std::string_view feed_name = "trade";

[[noreturn]] void fail(const std::string& sentence) {
  std::fprintf(stderr, "journal: %s\n", sentence.c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): nothing to lose
}

struct Trade {
  std::uint64_t id = 0;
  std::int64_t time = 0;  // nanoseconds
  double price = 0;
  double quantity = 0;
  std::uint32_t symbol = 0;
  std::uint32_t exchange = 0;
  std::uint64_t is_buy = 0;
};
static_assert(sizeof(Trade) == 48);

Trade make_trade(std::uint64_t id) {
  const double wave = static_cast<double>(id % 1'000);
  return {id,
          1'700'000'000'000'000'000 + static_cast<std::int64_t>(id) * 1'000'003,
          50'000'000 + wave * 1'000.5,
          0.001 + wave * 1e-5,
          static_cast<std::uint32_t>(id % 200),
          1,
          id % 2};
}

struct TradeCodec {
  static void encode(const Trade& trade, std::string& bytes) {
    journal::MsgpackWriter writer(bytes);
    writer.array(7);
    writer.unsigned_integer(trade.id);
    writer.integer(trade.time);
    writer.real(trade.price);
    writer.real(trade.quantity);
    writer.unsigned_integer(trade.symbol);
    writer.unsigned_integer(trade.exchange);
    writer.boolean(trade.is_buy != 0);
  }
  static bool decode(std::string_view bytes, Trade& trade) {
    journal::MsgpackReader reader(bytes);
    reader.expect_array(7);
    trade.id = reader.unsigned_integer();
    trade.time = reader.integer();
    trade.price = reader.real();
    trade.quantity = reader.real();
    trade.symbol = static_cast<std::uint32_t>(reader.unsigned_integer());
    trade.exchange = static_cast<std::uint32_t>(reader.unsigned_integer());
    trade.is_buy = reader.boolean() ? 1 : 0;
    return reader.finished();
  }
};

/// Sends a candle of every 60 trades.
class CandleMaker : public runtime::Actor<CandleMaker, runtime::Protocol<Trade>> {
 public:
  using Send = std::function<void(std::string_view)>;
  explicit CandleMaker(Send send) : send_(std::move(send)) {}

  void on(const Trade& trade) {
    if (count_ == 0) candle_ = {trade.price, trade.price, trade.price, trade.price, 0};
    candle_[1] = std::max(candle_[1], trade.price);
    candle_[2] = std::min(candle_[2], trade.price);
    candle_[3] = trade.price;
    candle_[4] += trade.quantity;
    if (++count_ < 60) return;
    count_ = 0;
    send_({reinterpret_cast<const char*>(candle_.data()), sizeof(candle_)});
  }

 private:
  const Send send_;
  std::array<double, 5> candle_{};
  int count_ = 0;
};

using TradeAddress = runtime::Address<runtime::Protocol<Trade>>;

TradeAddress spawn_maker(runtime::Runtime& runtime) {
  runtime::ActorOptions options;
  options.mailbox.capacity = 512;
  return runtime.spawn<CandleMaker>("candle_maker", options, [&runtime](runtime::Context&) {
    return std::make_unique<CandleMaker>(
        [&runtime](std::string_view candle) { runtime.command("candle", candle); });
  });
}

double record(const std::string& folder) {
  journal::WriterOptions options;
  options.folder = folder;
  options.segment_bytes = std::uint64_t{1} << 40U;
  options.keep_bytes = std::uint64_t{1} << 40U;
  auto writer = journal::JournalWriter::open(hts::disk::system_disk(), options, {});
  if (!writer) fail(writer.error().message);
  journal::JournalRecorder recorder(**writer);
  double seconds = 0;
  {
    runtime::RuntimeOptions runtime_options;
    runtime_options.threads = 2;
    runtime_options.recorder = &recorder;
    runtime::Runtime runtime(std::move(runtime_options));
    const auto maker = spawn_maker(runtime);
    if (!runtime.start()) fail("the runtime did not start");
    runtime::Inlet<runtime::Protocol<Trade>, TradeCodec> inlet(runtime, feed_name, maker);
    const auto began = Clock::now();
    for (std::uint64_t id = 0; id < trades; ++id) {
      while (inlet.tell(make_trade(id)) == runtime::SendResult::full) std::this_thread::yield();
    }
    // The shutdown's first input comes after the last trade.
    (void)runtime.shutdown(std::chrono::seconds{60});
    if (!(*writer)->drain()) fail("the disk refused: " + (*writer)->figures().problem);
    seconds = std::chrono::duration<double>(Clock::now() - began).count();
  }
  const auto figures = (*writer)->figures();
  if (figures.lost_records != 0) fail("the disk was too slow: records were lost");
  return static_cast<double>(trades) / seconds;
}

double replay(const std::string& folder) {
  const auto disk = hts::disk::system_disk();
  const auto segments = journal::list_segments(*disk, folder);
  if (!segments || segments->empty()) fail("there is no journal to replay");
  std::deque<std::string> sent;
  auto executor = std::make_unique<runtime::ReplayExecutor>(
      [&](std::string_view, std::string_view bytes) { sent.emplace_back(bytes); });
  runtime::ReplayExecutor& player = *executor;
  runtime::RuntimeOptions options;
  options.executor = std::move(executor);
  runtime::Runtime runtime(std::move(options));
  const auto maker = spawn_maker(runtime);
  if (!runtime.start()) fail("the runtime did not start");

  std::uint64_t delivered = 0;
  std::uint64_t compared = 0;
  const auto began = Clock::now();
  journal::Input input;
  const std::function<void()> work = [&] {
    if (input.record.name == feed_name) {
      Trade trade;
      if (!TradeCodec::decode(input.record.bytes, trade)) fail("a trade cannot be decoded");
      (void)maker.tell(trade);
      ++delivered;
    } else {
      (void)runtime.redo(input.record.name, input.record.bytes);
    }
  };
  auto reader = journal::SegmentReader::open(*disk, segments->back().path);
  if (!reader) fail(reader.error().message);
  while (const auto record = reader->next()) {
    switch (journal::kind_of(record->payload).value_or(journal::RecordKind::gap)) {
      case journal::RecordKind::input:
        if (!sent.empty()) fail("the replay sent more than the record has");
        if (!journal::decode_input(record->payload, input)) fail("an input cannot be decoded");
        (void)player.play(input.record, std::move(input.calls), work);
        break;
      case journal::RecordKind::command: {
        const auto command = journal::decode_command(record->payload);
        if (!command || sent.empty() || sent.front() != command->bytes) fail("the replay differs");
        sent.pop_front();
        ++compared;
        break;
      }
      case journal::RecordKind::segment_header:
        break;
      case journal::RecordKind::gap:
        fail("a record is damaged");
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  if (reader->damage()) fail(reader->damage()->message);
  if (delivered != trades || compared != trades / 60) fail("the journal is not whole");
  return static_cast<double>(trades) / seconds;
}

}  // namespace

int main(int argc, char** argv) {
  const bool lines = argc == 2 && std::strcmp(argv[1], "--lines") == 0;
  if (argc > 1 && !lines) {
    std::fprintf(stderr, "usage: %s [--lines]\n", argv[0]);
    return 2;
  }
  std::string folder = "./hts-bench-journal-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) fail("cannot make a folder here");
  std::array<double, rounds> append{};
  std::array<double, rounds> replayed{};
  for (std::size_t round = 0; round < rounds; ++round) {
    append[round] = record(folder);
    replayed[round] = replay(folder);
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(folder, ignored)) fs::remove(file, ignored);
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  std::ranges::sort(append);
  std::ranges::sort(replayed);
  if (lines) {
    std::printf("append\t%.0f\tmsg/s\nreplay\t%.0f\tmsg/s\n", append[rounds / 2],
                replayed[rounds / 2]);
  } else {
    std::printf("%-8s %8.2f M messages/s\n%-8s %8.2f M messages/s\n", "append",
                append[rounds / 2] / 1e6, "replay", replayed[rounds / 2] / 1e6);
  }
  return 0;
}

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

#include "adapters/plugin/channel.hpp"
#include "adapters/plugin/isolation.hpp"
#include "adapters/plugin/library_image.hpp"
#include "adapters/plugin/plugin_facts.hpp"
#include "engine/result/result.hpp"
#include "engine/trading/order.hpp"

namespace hts::plugin {

/// What both sides see: how far the strategy is in the block it works on.
struct ProgressPage {
  std::atomic<std::uint64_t> candle;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// How a strategy's process ends itself when it can no longer talk to the program.
inline constexpr int connection_lost_status = 117;

/// Candles that one question is about.
struct CandleBlock {
  std::uint64_t first = 0;  ///< index in the series
  std::uint64_t count = 0;
};

/// A process with the plugin's code in it, as this process sees it. Ends with the object, by its
/// process id. Used by one thread at a time.
///
/// Nothing that it says is believed: sizes, enumerators and numbers are checked, and who cannot
/// keep to the protocol is ended.
class HostProcess {
 public:
  /// Starts it and waits until the library is loaded (at most 10 s). `image` and `options` outlive
  /// it. Errors: what the library was refused for; internal when no process can be started.
  [[nodiscard]] static result::Result<std::unique_ptr<HostProcess>> start(
      const LibraryImage& image, const PluginOptions& options);
  HostProcess(const HostProcess&) = delete;
  HostProcess& operator=(const HostProcess&) = delete;
  ~HostProcess();

  [[nodiscard]] const PluginFacts& facts() const noexcept { return facts_; }
  /// It can be asked: it has not crashed, nor been ended for taking too long.
  [[nodiscard]] bool alive() const noexcept { return pid_ > 0; }

  /// For the content of the next question; kept between questions to save allocations.
  [[nodiscard]] MessageWriter question() { return MessageWriter{question_}; }
  /// Sends it and returns the answer, which is valid until the next question. `desk` answers the
  /// strategy's questions about the account meanwhile. Throws StrategyFailure when the strategy has
  /// failed, crashed, exited, taken longer than the budget for one candle, or answered nonsense. A
  /// failure in a question about a `block` says at which candle; what disturbed the connection may
  /// have gone on computing, so then it is the first one, and the reason says how many may be
  /// meant.
  [[nodiscard]] MessageReader ask(MessageKind kind, trading::OrderDesk* desk = nullptr,
                                  std::optional<CandleBlock> block = std::nullopt);
  /// A flag that ends a question, and the process with it, within some milliseconds; or none.
  void obey(const std::atomic<bool>* cancel) noexcept { cancel_ = cancel; }
  /// For an answer that is none. Ends the process.
  [[noreturn]] void fail_for_nonsense();

 private:
  HostProcess(const PluginOptions& options, Channel channel, pid_t pid)
      : options_(&options), channel_(std::move(channel)), pid_(pid) {}

  [[nodiscard]] result::Status load(const LibraryImage& image);
  [[nodiscard]] Channel::KeepWaiting within_budget();
  /// In the block that was asked about, as far as the process says so.
  [[nodiscard]] std::optional<std::size_t> current_candle() const;
  void serve(const Message& message, trading::OrderDesk& desk);
  /// Ends it. How it has ended, or nothing when it would have gone on.
  std::optional<std::string> end();
  [[noreturn]] void fail(Channel::Outcome outcome);
  /// For what may have happened at any candle of the block until now. Ends it.
  [[noreturn]] void fail_somewhere(const std::string& what);

  const PluginOptions* options_;
  Channel channel_;
  pid_t pid_ = -1;
  ProgressPage* progress_ = nullptr;
  const std::atomic<bool>* cancel_ = nullptr;
  std::optional<CandleBlock> block_;  ///< of the last question
  PluginFacts facts_;
  std::string question_;
  Message answer_;
  std::string desk_answer_;
};

}  // namespace hts::plugin

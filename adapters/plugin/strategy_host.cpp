#include "adapters/plugin/strategy_host.hpp"

#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "adapters/plugin/channel.hpp"
#include "adapters/plugin/host_process.hpp"
#include "adapters/plugin/message_values.hpp"
#include "adapters/plugin/plugin_instance.hpp"
#include "adapters/plugin/plugin_library.hpp"
#include "engine/strategies/strategy_failure.hpp"

namespace hts::plugin {
namespace {

// Sanitizers reserve terabytes of address space that they never touch.
#if defined(HTS_ADDRESS_SANITIZER) || defined(HTS_THREAD_SANITIZER)
constexpr bool address_space_is_real = false;
#else
constexpr bool address_space_is_real = true;
#endif

std::uint64_t address_space_bytes() {
  unsigned long pages = 0;
  if (std::FILE* statm = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(statm, "%lu", &pages) != 1) pages = 0;
    (void)std::fclose(statm);
  }
  return std::uint64_t{pages} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void limit(int resource, std::uint64_t value) {
  const rlimit both{value, value};
  (void)::setrlimit(static_cast<__rlimit_resource_t>(resource), &both);
}

/// Against accidents of the strategy. No prison: its code runs with the rights of this user.
void restrict_process(std::uint64_t memory_bytes) {
  (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  (void)::prctl(PR_SET_NAME, "hts-strategy", 0, 0, 0);
  // 1 and not 0: a core that goes into a program's pipe is written at 0 too, and a process that
  // takes long to die looks like one that computes.
  limit(RLIMIT_CORE, 1);
  if (address_space_is_real) limit(RLIMIT_AS, address_space_bytes() + memory_bytes);
  // Ctrl-C is for the program, which then ends this process.
  (void)::signal(SIGINT, SIG_IGN);
}

/// Ends this process when the other one has gone, whatever the strategy does meanwhile.
void end_with_the_other_side(int socket) {
  std::thread([socket] {
    for (;;) {
      pollfd closing{socket, 0, 0};
      if (::poll(&closing, 1, -1) > 0) ::_exit(connection_lost_status);
    }
  }).detach();
}

/// The conversation from the strategy's side. A socket that fails ends the process.
class Host {
 public:
  Host(Channel channel, const hts_strategy_plugin_table& table, ProgressPage& progress)
      : channel_(std::move(channel)), table_(&table), progress_(&progress) {
    desk_.owner = this;
    desk_.submit = [](void* owner, const hts_order* order) noexcept {
      return self(owner).ask_desk<std::uint64_t>(MessageKind::submit, order, sizeof *order);
    };
    desk_.cancel = [](void* owner, std::uint64_t id) noexcept {
      self(owner).tell_desk(MessageKind::cancel, &id, sizeof id);
    };
    desk_.cancel_all = [](void* owner) noexcept {
      self(owner).tell_desk(MessageKind::cancel_all, nullptr, 0);
    };
    desk_.position = [](void* owner, hts_position* position) noexcept {
      *position = self(owner).ask_desk<hts_position>(MessageKind::position, nullptr, 0);
    };
    desk_.equity = [](void* owner) noexcept {
      return self(owner).ask_desk<double>(MessageKind::equity, nullptr, 0);
    };
  }

  [[noreturn]] void serve() {
    Message message;
    for (;;) {
      if (channel_.receive(message) != Channel::Outcome::done) ::_exit(connection_lost_status);
      auto kind = MessageKind::done;
      MessageWriter answer{answer_};
      try {
        work_on(message, answer);
      } catch (...) {
        kind = MessageKind::failed;
        answer = MessageWriter{answer_};
        answer.text(strategies::reason_of_exception());
      }
      send(kind, answer_);
    }
  }

 private:
  static Host& self(void* owner) noexcept { return *static_cast<Host*>(owner); }

  void send(MessageKind kind, std::string_view content) {
    if (channel_.send(kind, content) != Channel::Outcome::done) ::_exit(connection_lost_status);
  }
  void tell_desk(MessageKind kind, const void* content, std::size_t size) {
    send(kind, {static_cast<const char*>(content), size});
  }
  template <class Answer>
  Answer ask_desk(MessageKind kind, const void* content, std::size_t size) {
    tell_desk(kind, content, size);
    Message message;
    if (channel_.receive(message) != Channel::Outcome::done) ::_exit(connection_lost_status);
    return MessageReader{message.content}.get<Answer>();
  }

  PluginInstance& instance() {
    if (!instance_) throw strategies::StrategyFailure("it is asked before it is made");
    return *instance_;
  }

  void work_on(const Message& message, MessageWriter& answer) {
    MessageReader reader{message.content};
    switch (message.kind) {
      case MessageKind::check: {
        const auto checked = check_parameters(*table_, get_parameters(reader));
        if (!checked) throw strategies::StrategyFailure(checked.error().message);
        return;
      }
      case MessageKind::warm_up:
        answer.put<std::uint64_t>(warm_up_of(*table_, get_parameters(reader)));
        return;
      case MessageKind::create:
        instance_.reset();
        instance_.emplace(*table_, get_parameters(reader));
        return;
      case MessageKind::destroy:
        instance_.reset();
        return;
      case MessageKind::scan:
        scan(reader, answer);
        return;
      case MessageKind::decide: {
        const auto candle = reader.get<hts_candle>();
        const bool with_desk = reader.get<std::uint32_t>() != 0;
        hts_signal signal{};
        instance().on_candle(candle, with_desk ? &desk_ : nullptr, signal);
        answer.put(signal);
        return;
      }
      case MessageKind::snapshot: {
        const auto numbers = instance().snapshot();
        answer.bytes(numbers.data(), numbers.size() * sizeof(double));
        return;
      }
      case MessageKind::restore: {
        std::vector<double> numbers(reader.left() / sizeof(double));
        for (double& number : numbers) number = reader.get<double>();
        const auto restored = instance().restore(numbers);
        if (!restored) throw strategies::StrategyFailure(restored.error().message);
        return;
      }
      default:
        throw strategies::StrategyFailure("its process is asked for what it cannot do");
    }
  }

  void scan(MessageReader& reader, MessageWriter& answer) {
    PluginInstance& strategy = instance();
    const auto count = reader.get<std::uint64_t>();
    const char* column[6];
    for (const char*& begin : column) begin = reader.take(count * sizeof(double));
    if (!reader.sound()) throw strategies::StrategyFailure("its process was given half a message");
    signals_.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto number = [&](std::size_t which) {
        double value;
        std::memcpy(&value, column[which] + i * sizeof value, sizeof value);
        return value;
      };
      hts_candle candle{0, number(1), number(2), number(3), number(4), number(5)};
      std::memcpy(&candle.open_time, column[0] + i * sizeof candle.open_time,
                  sizeof candle.open_time);
      progress_->candle.store(i, std::memory_order_relaxed);
      hts_signal signal{};
      strategy.on_candle(candle, nullptr, signal);
      if (signal.given != 0) signals_.emplace_back(i, signal);
    }
    answer.put<std::uint64_t>(signals_.size());
    for (const auto& [index, signal] : signals_) {
      answer.put<std::uint64_t>(index);
      answer.put(signal);
    }
  }

  Channel channel_;
  const hts_strategy_plugin_table* table_;
  ProgressPage* progress_;
  hts_desk desk_{};
  std::optional<PluginInstance> instance_;
  std::vector<std::pair<std::uint64_t, hts_signal>> signals_;
  std::string answer_;
};

}  // namespace

int run_strategy_host() {
  // Nothing of the other process but the socket: it becomes an ordinary descriptor, and who reads
  // standard input reads nothing.
  (void)::close_range(3, ~0U, 0);
  Descriptor socket{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  (void)::dup2(nothing, STDIN_FILENO);
  (void)::close(nothing);
  Channel channel{std::move(socket)};

  Message message;
  std::vector<Descriptor> descriptors;
  if (channel.receive(message, {}, &descriptors) != Channel::Outcome::done ||
      message.kind != MessageKind::start || descriptors.size() != 2) {
    (void)std::fputs("hts strategy-host: this command is started by hts itself.\n", stderr);
    return 2;
  }
  MessageReader reader{message.content};
  const std::string file = reader.text();
  const auto memory_bytes = reader.get<std::uint64_t>();
  void* page = ::mmap(nullptr, sizeof(ProgressPage), PROT_READ | PROT_WRITE, MAP_SHARED,
                      descriptors[1].number(), 0);
  if (page == MAP_FAILED) return 1;
  descriptors.pop_back();  // one less for a strategy to write into by accident
  end_with_the_other_side(channel.descriptor());
  restrict_process(memory_bytes);

  std::string answer;
  MessageWriter writer{answer};
  auto library = load_library(descriptors[0].number(), file);
  if (!library) {
    writer.text(library.error().message);
    (void)channel.send(MessageKind::failed, answer);
    return 1;
  }
  put_facts(writer, library->facts);
  if (channel.send(MessageKind::facts, answer) != Channel::Outcome::done) return 1;
  Host{std::move(channel), *library->table, *static_cast<ProgressPage*>(page)}.serve();
}

}  // namespace hts::plugin

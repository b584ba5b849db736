#include "adapters/plugin/host_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "adapters/plugin/c_values.hpp"
#include "adapters/plugin/message_values.hpp"
#include "adapters/plugin/patience.hpp"
#include "engine/strategies/strategy_failure.hpp"

namespace hts::plugin {
namespace {

using strategies::StrategyFailure;

constexpr std::chrono::seconds budget_of_a_start{10};
constexpr int wall_budgets = 10;  ///< for one that uses no processor time, against its budget
constexpr const char* lost_connection = "it closed what its process talks to the program with";

result::Error not_started(const std::string& what) {
  return result::make_error(
      result::ErrorCode::internal,
      "No process for a strategy can be started (" + what + "): free memory or descriptors.",
      "strategy");
}

/// What a strategy may know of the environment: nothing of the daemon's secrets.
std::vector<std::string> permitted_environment() {
  std::vector<std::string> permitted;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable{*entry};
    for (const std::string_view name :
         {"LD_LIBRARY_PATH=", "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "TSAN_OPTIONS="}) {
      if (variable.starts_with(name)) permitted.emplace_back(variable);
    }
  }
  return permitted;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// The socket is its standard input; what it prints goes to standard error, so that it cannot get
/// between the program's results.
pid_t spawn(std::vector<std::string> command, int socket) {
  auto variables = permitted_environment();
  const auto argv = pointers_to(command);
  const auto envp = pointers_to(variables);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int failed =
      posix_spawn(&pid, command.front().c_str(), &actions, &attributes, argv.data(), envp.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  errno = failed;
  return failed == 0 ? pid : -1;
}

}  // namespace

result::Result<std::unique_ptr<HostProcess>> HostProcess::start(const LibraryImage& image,
                                                                const PluginOptions& options) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return not_started(std::generic_category().message(errno));
  }
  Descriptor ours{ends[0]};
  pid_t pid = -1;
  {
    // Only the process itself keeps its end, so that its end is seen.
    const Descriptor theirs{ends[1]};
    pid = spawn(options.host_command, theirs.number());
  }
  if (pid < 0) return not_started(std::generic_category().message(errno));
  std::unique_ptr<HostProcess> process{new HostProcess(options, Channel{std::move(ours)}, pid)};
  if (auto loaded = process->load(image); !loaded) return std::move(loaded).error();
  return process;
}

result::Status HostProcess::load(const LibraryImage& image) {
  const Descriptor page{::memfd_create("hts-progress", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  // Sealed, so that nobody can take the page away from under the other.
  if (!page.open() || ::ftruncate(page.number(), sizeof(ProgressPage)) != 0 ||
      ::fcntl(page.number(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return not_started(std::generic_category().message(errno));
  }
  void* mapped =
      ::mmap(nullptr, sizeof(ProgressPage), PROT_READ | PROT_WRITE, MAP_SHARED, page.number(), 0);
  if (mapped == MAP_FAILED) return not_started(std::generic_category().message(errno));
  progress_ = static_cast<ProgressPage*>(mapped);

  auto writer = question();
  writer.text(image.file.string());
  writer.put<std::uint64_t>(std::uint64_t{options_->memory_limit_mb} << 20U);
  const Patience patience{pid_, budget_of_a_start, 3 * budget_of_a_start};
  const auto patient = [&patience] { return !patience.ended(); };
  auto outcome =
      channel_.send(MessageKind::start, question_, patient, {image.memory.number(), page.number()});
  if (outcome == Channel::Outcome::done) outcome = channel_.receive(answer_, patient);
  if (outcome != Channel::Outcome::done) {
    const std::string how = outcome == Channel::Outcome::given_up ? "it took longer than 10 seconds"
                                                                  : end().value_or(lost_connection);
    return result::make_error(
        result::ErrorCode::invalid,
        "The plugin " + image.file.string() + " failed while it was loaded: " + how +
            "; correct what it does before its first candle and build it again.",
        image.file.string());
  }
  MessageReader reader{answer_.content};
  if (answer_.kind == MessageKind::failed) {
    return result::make_error(result::ErrorCode::invalid, reader.text(), image.file.string());
  }
  facts_ = get_facts(reader);
  if (answer_.kind != MessageKind::facts || !reader.sound()) {
    return result::make_error(
        result::ErrorCode::invalid,
        "The plugin " + image.file.string() + " disturbs the process that it runs in: correct it.",
        image.file.string());
  }
  return check_facts(facts_, image.file);
}

HostProcess::~HostProcess() {
  (void)end();
  if (progress_ != nullptr) ::munmap(progress_, sizeof(ProgressPage));
}

std::optional<std::string> HostProcess::end() {
  if (pid_ <= 0) return std::nullopt;
  siginfo_t ended{};
  // What has ended by itself says why; the others have to be ended. A closed socket comes before
  // the end of its process, so who says nothing more gets a moment to be gone.
  for (int i = 0; i < 100; ++i) {
    if (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0) break;
    if (ended.si_pid == pid_) break;
    pollfd closing{channel_.descriptor(), 0, 0};
    if (::poll(&closing, 1, 0) <= 0) break;
    timespec moment{0, 1'000'000};
    ::nanosleep(&moment, nullptr);
  }
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  const bool by_itself = ended.si_pid == pid_;
  pid_ = -1;
  if (WIFEXITED(status)) {
    if (WEXITSTATUS(status) == connection_lost_status) return std::nullopt;
    return "it ended its process with status " + std::to_string(WEXITSTATUS(status));
  }
  const int number = WTERMSIG(status);
  if (number == SIGKILL && !by_itself) return std::nullopt;
  return "it crashed with signal " + std::to_string(number) + " (" + strsignal(number) + ")";
}

Channel::KeepWaiting HostProcess::within_budget() {
  // Begins with the first look, so that a quick answer costs no clock.
  return [this, seen = std::optional<std::uint64_t>{},
          patience = std::optional<Patience>{}]() mutable {
    if (cancel_ != nullptr && cancel_->load(std::memory_order_relaxed)) return false;
    const auto candle = progress_->candle.load(std::memory_order_relaxed);
    if (seen == candle) return !patience->ended();
    seen = candle;
    patience.emplace(pid_, options_->bar_budget, wall_budgets * options_->bar_budget);
    return true;
  };
}

std::optional<std::size_t> HostProcess::current_candle() const {
  if (!block_) return std::nullopt;
  const std::uint64_t last = std::max<std::uint64_t>(block_->count, 1) - 1;
  return block_->first + std::min(progress_->candle.load(std::memory_order_relaxed), last);
}

void HostProcess::fail(Channel::Outcome outcome) {
  if (outcome == Channel::Outcome::given_up) {
    const auto candle = current_candle();
    (void)end();
    throw StrategyFailure("it took longer than its budget of " +
                              std::to_string(options_->bar_budget.count()) + " ms for one candle",
                          candle);
  }
  if (outcome == Channel::Outcome::nonsense) fail_for_nonsense();
  auto how = end();
  if (!how) fail_somewhere(lost_connection);
  throw StrategyFailure(*std::move(how), current_candle());
}

void HostProcess::fail_for_nonsense() {
  fail_somewhere("its process answered what makes no sense");
}

void HostProcess::fail_somewhere(const std::string& what) {
  // Only a process that has ended computes no further.
  (void)end();
  const auto candle = current_candle();
  if (!candle || *candle == block_->first) throw StrategyFailure(what, candle);
  throw StrategyFailure(what + ", at this candle or one of the " +
                            std::to_string(*candle - block_->first) + " after it",
                        block_->first);
}

MessageReader HostProcess::ask(MessageKind kind, trading::OrderDesk* desk,
                               std::optional<CandleBlock> block) {
  if (!alive()) throw StrategyFailure("its process has ended before");
  block_ = block;
  progress_->candle.store(0, std::memory_order_relaxed);
  const auto keep_waiting = within_budget();
  auto outcome = channel_.send(kind, question_, keep_waiting);
  while (outcome == Channel::Outcome::done) {
    outcome = channel_.receive(answer_, keep_waiting);
    if (outcome != Channel::Outcome::done) break;
    if (answer_.kind == MessageKind::done) return MessageReader{answer_.content};
    if (answer_.kind == MessageKind::failed) {
      throw StrategyFailure(MessageReader{answer_.content}.text(), current_candle());
    }
    if (desk == nullptr) fail_for_nonsense();
    try {
      serve(answer_, *desk);
    } catch (const StrategyFailure&) {
      (void)end();
      throw;
    }
    // One that asks its desk without end is never waited for.
    if (!keep_waiting()) outcome = Channel::Outcome::given_up;
    if (outcome == Channel::Outcome::done && !desk_answer_.empty()) {
      outcome = channel_.send(MessageKind::desk, desk_answer_, keep_waiting);
    }
  }
  fail(outcome);
}

void HostProcess::serve(const Message& message, trading::OrderDesk& desk) {
  MessageReader reader{message.content};
  MessageWriter writer{desk_answer_};
  switch (message.kind) {
    case MessageKind::submit: {
      const auto order = reader.get<hts_order>();
      if (reader.sound()) writer.put<std::uint64_t>(desk.submit(order_of(order)));
      break;
    }
    case MessageKind::cancel: {
      const auto id = reader.get<std::uint64_t>();
      if (reader.sound()) desk.cancel(id);
      break;
    }
    case MessageKind::cancel_all:
      desk.cancel_all();
      break;
    case MessageKind::position: {
      const auto held = desk.position();
      writer.put(hts_position{held.quantity, held.entry_price, held.unrealized});
      break;
    }
    case MessageKind::equity:
      writer.put(desk.equity());
      break;
    default:
      fail_for_nonsense();
  }
  if (!reader.sound()) fail_for_nonsense();
}

}  // namespace hts::plugin

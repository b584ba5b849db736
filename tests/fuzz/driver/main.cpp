// Runs a fuzzer of tests/fuzz where there is no libFuzzer: all seeds first, then what Mutations
// makes of them. It does not see which code an input reaches, so it finds what lies near the seeds;
// libFuzzer (preset `fuzz`) finds the rest.
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "driver/mutations.hpp"

extern "C" {
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// A sanitizer's report ends in SIGABRT, where the input is told.
const char* __asan_default_options();
const char* __ubsan_default_options();
const char* __asan_default_options() {
  return "abort_on_error=1:detect_leaks=1:allocator_may_return_null=0:max_allocation_size_mb=2048";
}
const char* __ubsan_default_options() {
  return "abort_on_error=1:print_stacktrace=1";
}
}

namespace {

namespace fs = std::filesystem;

constexpr const char* usage =
    "Usage: NAME_fuzz [--seconds N] [--seed N] [--longest BYTES] [--keep FILE] SEEDS...\n"
    "\n"
    "Runs the fuzzer on each file of SEEDS (files or folders), then on mutations of them for N\n"
    "seconds of processor time (default 20; 0: the files alone). The seed is printed; --seed N "
    "makes\n"
    "the same inputs again. After a failure the input is in FILE (default: ./failed-input).\n"
    "\n"
    "Example: build/dev/fuzz/settings_fuzz --seconds 60 tests/fuzz/seeds/settings\n"
    "         build/dev/fuzz/settings_fuzz --seconds 0 failed-input\n";

/// The input that runs, in a file at every moment: whatever ends the process, it is there.
class RunningInput {
 public:
  RunningInput(std::string path, std::size_t longest) : path_(std::move(path)) {
    const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    room_ = longest + 1;
    if (file < 0 || ::ftruncate(file, static_cast<off_t>(room_)) != 0) return;
    void* const map = ::mmap(nullptr, room_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (map != MAP_FAILED) {
      bytes_ = static_cast<char*>(map);
      file_ = file;
    }
  }
  [[nodiscard]] bool is_open() const noexcept { return bytes_ != nullptr; }
  void set(const std::string& input) noexcept {
    size_ = std::min(input.size(), room_);
    std::memcpy(bytes_, input.data(), size_);
  }
  /// In a signal handler.
  void keep() const noexcept {
    if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) return;
    for (const char* part : {"The input is in ", path_.c_str(), "\n"}) {
      if (::write(STDERR_FILENO, part, std::strlen(part)) < 0) return;
    }
  }
  void forget() const noexcept { ::unlink(path_.c_str()); }

 private:
  std::string path_;
  std::size_t room_ = 0;
  std::size_t size_ = 0;
  char* bytes_ = nullptr;
  int file_ = -1;
};

RunningInput* running = nullptr;

void tell(int signal_number) {
  if (running != nullptr) running->keep();
  ::signal(signal_number, SIG_DFL);
  ::raise(signal_number);
}

double processor_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

struct Options {
  double seconds = 20;
  std::uint64_t seed = static_cast<std::uint64_t>(std::time(nullptr));
  std::size_t longest = 4096;
  std::string keep = "failed-input";
  std::vector<fs::path> seeds;
};

template <class Number>
bool read(std::string_view text, Number& into) {
  const auto end = text.data() + text.size();
  const auto done = std::from_chars(text.data(), end, into);
  return done.ec == std::errc{} && done.ptr == end;
}

bool read(int count, char** words, Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (!word.starts_with("--")) {
      options.seeds.emplace_back(word);
      continue;
    }
    if (++i == count) return false;
    const std::string_view value = words[i];
    bool is_read = true;
    if (word == "--seconds") {
      is_read = read(value, options.seconds);
    } else if (word == "--seed") {
      is_read = read(value, options.seed);
    } else if (word == "--longest") {
      is_read = read(value, options.longest);
    } else if (word == "--keep") {
      options.keep = value;
    } else {
      return false;
    }
    if (!is_read) return false;
  }
  return !options.seeds.empty();
}

std::vector<std::string> read_seeds(const std::vector<fs::path>& places) {
  std::vector<fs::path> files;
  for (const auto& place : places) {
    if (!fs::is_directory(place)) {
      files.push_back(place);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(place)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (in)
      seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

void run(const std::string& input) {
  running->set(input);
  // Of exactly its size, so that a byte read behind it is seen.
  const auto copy = std::make_unique<std::uint8_t[]>(input.size());
  std::copy(input.begin(), input.end(), copy.get());
  const double began = processor_seconds();
  LLVMFuzzerTestOneInput(copy.get(), input.size());
  if (processor_seconds() - began > 10) {
    std::fprintf(stderr, "One input took more than 10 seconds.\n");
    std::abort();
  }
}

}  // namespace

int main(int count, char** words) {
  Options options;
  if (!read(count, words, options)) {
    std::fputs(usage, stderr);
    return 2;
  }
  const auto seeds = read_seeds(options.seeds);
  if (seeds.empty()) {
    std::fprintf(stderr, "There is no seed in %s.\n", options.seeds.front().c_str());
    return 2;
  }
  std::size_t longest = options.longest;
  for (const auto& seed : seeds) longest = std::max(longest, seed.size());
  RunningInput input(options.keep, longest);
  if (!input.is_open()) {
    std::fprintf(stderr, "Cannot write %s: choose another file with --keep.\n",
                 options.keep.c_str());
    return 2;
  }
  running = &input;
  // An input that never ends is ended by the limit of processor time.
  const auto limit = static_cast<rlim_t>(options.seconds) + 60;
  const rlimit processor{limit, limit + 5};
  ::setrlimit(RLIMIT_CPU, &processor);
  for (const int number : {SIGABRT, SIGILL, SIGTRAP, SIGXCPU, SIGTERM, SIGINT}) {
    ::signal(number, tell);
  }

  std::printf("%zu seeds, --seed %llu\n", seeds.size(),
              static_cast<unsigned long long>(options.seed));
  std::fflush(stdout);
  for (const auto& seed : seeds) run(seed);
  hts::fuzz::Mutations mutations(seeds, options.seed, options.longest);
  std::uint64_t runs = seeds.size();
  while (processor_seconds() < options.seconds) {
    for (int i = 0; i < 16; ++i, ++runs) run(mutations.next());
  }
  std::printf("%llu inputs in %.1f s of processor time, none failed\n",
              static_cast<unsigned long long>(runs), processor_seconds());
  input.forget();
  return 0;
}

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "engine/result/result.hpp"

/// What the parts of the benchmark of jobs share.
namespace hts::bench {

/// Prints the sentence and ends the program.
[[noreturn]] void fail(const std::string& sentence);

template <class T>
T must(result::Result<T> value) {
  if (!value) fail(value.error().message);
  return std::move(value).value();
}

/// A folder in the working directory, gone at the end.
struct Place {
  Place();
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::filesystem::path path;
};

/// A program, in a folder; stopped at the end.
struct Process {
  Process(std::vector<std::string> words, const std::filesystem::path& folder);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  pid_t pid = -1;  ///< -1 when there is no such program
};

/// On the loopback interface.
[[nodiscard]] std::uint16_t free_port();

struct DeepQueue {
  double start_seconds = 0;  ///< of a daemon, until it answers
  double resident_megabytes = 0;
  double status_p99_seconds = 0;
};

/// `hts serve` over a million queued jobs.
[[nodiscard]] DeepQueue measure_deep_queue();

}  // namespace hts::bench

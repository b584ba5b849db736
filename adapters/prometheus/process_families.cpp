#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

// Their memory is not the C library's.
#if defined(HTS_ADDRESS_SANITIZER) || defined(HTS_THREAD_SANITIZER)
#define HTS_ALLOCATOR_OF_SANITIZER
// g++ does not come with the header that declares it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // NOLINT
#endif

#include "adapters/prometheus/metric_families.hpp"

namespace hts::prometheus {
namespace {

using ::prometheus::MetricType;

void add_process_figure(Families& families, MetricType type, const char* name, const char* help,
                        double value) {
  ::prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  ::prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
  families.push_back(std::move(family));
}

double resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double allocated_bytes() {
#if defined(HTS_ALLOCATOR_OF_SANITIZER)
  return static_cast<double>(__sanitizer_get_current_allocated_bytes());
#else
  const struct mallinfo2 heap = ::mallinfo2();
  return static_cast<double>(heap.uordblks) + static_cast<double>(heap.hblkhd);
#endif
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_files() {
  std::error_code error;
  std::filesystem::directory_iterator entry{"/proc/self/fd", error};
  double count = 0;
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) ++count;
  return count > 0 ? count - 1 : 0;  // the iterator holds one itself
}

// Seconds since the process was started: field 22 of its stat, in clock ticks since the boot.
double uptime_seconds() {
  std::ifstream stat{"/proc/self/stat"};
  std::string line;
  std::getline(stat, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields{line.substr(name_end + 1)};
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  double ticks = 0;
  fields >> ticks;
  double up = 0;
  std::ifstream{"/proc/uptime"} >> up;
  return std::max(0.0, up - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

}  // namespace

void add_process_families(Families& families) {
  add_process_figure(families, MetricType::Gauge, "hts_process_resident_memory_bytes",
                     "Memory of the process that is in RAM.", resident_bytes());
  add_process_figure(families, MetricType::Gauge, "hts_process_allocated_memory_bytes",
                     "Memory that the process has asked for and not given back; what else is in "
                     "RAM is code, stacks and what the allocator keeps for later.",
                     allocated_bytes());
  add_process_figure(families, MetricType::Counter, "hts_process_cpu_seconds_total",
                     "Processor time that the process has used, user and system.", cpu_seconds());
  add_process_figure(families, MetricType::Gauge, "hts_process_uptime_seconds",
                     "Time since the process was started.", uptime_seconds());
  add_process_figure(families, MetricType::Gauge, "hts_process_open_fds",
                     "File descriptors that are open.", open_files());
}

}  // namespace hts::prometheus

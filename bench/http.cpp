// How fast the daemon answers over HTTP: `hts serve` as it is built, with its journal, in a process
// of its own, and 32 kept connections from one thread here, on the same machine. The median of
// five rounds of a second, each beside a round of the yardstick: the least that a server on this
// machine can do at that moment. Peers beside it where they are installed: a bare page under
// uvicorn, and FastAPI with RQ on a Redis that syncs as SQLite does.
//
//   http            a readable table
//   http --lines    figure<TAB>value<TAB>unit, one figure a line, nothing else
//
// health: GET /health. submit: POST /api/jobs of a job that does nothing; accepted is durable, and
// nobody works on the queue, as in the peer's. submit_at_work: the same while the daemon also runs
// and records them.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http_load.hpp"
#include "http_process.hpp"

namespace {

using namespace hts::bench;

constexpr int rounds = 5;
constexpr std::chrono::milliseconds warm_up{300};
constexpr std::size_t yardstick_bytes = 1'200;

struct Figures {
  double per_second = 0;
  double p50 = 0;
  double p99 = 0;
  double yardstick = 0;
  double yardstick_p99 = 0;
  // Processor time for one request, in seconds; it hardly suffers from others on the machine.
  double server_processor = 0;
  double yardstick_processor = 0;
  double generator_processor = 0;
  std::string absence;  ///< why there are no figures
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double median_of(const std::vector<Figures>& all, double Figures::* figure) {
  std::vector<double> values;
  for (const Figures& one : all) values.push_back(one.*figure);
  return median(std::move(values));
}

Figures measure_round(const Measured& server, const Load& load, Yardstick& yardstick) {
  Load least = load;
  least.port = yardstick.port();
  least.expected_status = 200;
  Figures figures;
  const double before = server.process->processor_seconds();
  const LoadResult own = run_load(load);
  const double used = server.process->processor_seconds() - before;
  if (own.wrong > 0) return {.absence = "it answered: " + own.wrong_answer};
  const double yardstick_before = yardstick.processor_seconds();
  const LoadResult other = run_load(least);
  const double yardstick_used = yardstick.processor_seconds() - yardstick_before;
  figures.per_second = own.per_second();
  figures.p50 = own.p50;
  figures.p99 = own.p99;
  figures.yardstick = other.per_second();
  figures.yardstick_p99 = other.p99;
  figures.server_processor = used / static_cast<double>(own.answers);
  figures.yardstick_processor = yardstick_used / static_cast<double>(other.answers);
  figures.generator_processor = own.processor_seconds;
  return figures;
}

Figures measure(const Measured& server, Load load) {
  if (!server.absence.empty()) return {.absence = server.absence};
  Yardstick yardstick{yardstick_bytes};
  load.port = server.port;
  Load first = load;
  first.duration = warm_up;
  if (Figures warm = measure_round(server, first, yardstick); !warm.absence.empty()) return warm;
  std::vector<Figures> all;
  for (int round = 0; round < rounds; ++round) {
    all.push_back(measure_round(server, load, yardstick));
    if (!all.back().absence.empty()) return all.back();
  }
  Figures figures;
  for (const auto figure : {&Figures::per_second, &Figures::p50, &Figures::p99, &Figures::yardstick,
                            &Figures::yardstick_p99, &Figures::server_processor,
                            &Figures::yardstick_processor, &Figures::generator_processor}) {
    figures.*figure = median_of(all, figure);
  }
  return figures;
}

Load get_health() {
  Load load;
  load.request = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  return load;
}

Load post_job() {
  const std::string body = R"({"kind":"noop"})";
  Load load;
  load.expected_status = 202;
  load.request =
      "POST /api/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  return load;
}

/// Jobs wait from now on. False when it did not work.
bool pause_jobs(const Measured& server) {
  Load pause;
  pause.port = server.port;
  pause.connections = 1;
  pause.duration = std::chrono::milliseconds{1};
  pause.request = "POST /api/jobs/pause HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n";
  return run_load(pause).answers > 0;
}

void print(const char* name, const Figures& figures, bool as_lines) {
  if (!figures.absence.empty()) {
    std::fprintf(stderr, "http: %s is left out: %s\n", name, figures.absence.c_str());
  } else if (as_lines) {
    std::printf("%s\t%.0f\treq/s\n%s_p99\t%.6f\ts\n", name, figures.per_second, name, figures.p99);
  } else {
    std::printf("%-14s %8.0f req/s  p50 %7.3f ms  p99 %7.3f ms  %5.2f of the yardstick's\n", name,
                figures.per_second, figures.p50 * 1e3, figures.p99 * 1e3,
                figures.per_second / figures.yardstick);
    std::printf(
        "  yardstick  %8.0f req/s  p99 %7.3f ms; processor us a request: server %.1f, "
        "yardstick %.1f, generator %.1f\n",
        figures.yardstick, figures.yardstick_p99 * 1e3, figures.server_processor * 1e6,
        figures.yardstick_processor * 1e6, figures.generator_processor * 1e6);
  }
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  const bool as_lines = count == 2 && std::string_view{words[1]} == "--lines";
  if (count > 1 && !as_lines) {
    std::fprintf(stderr, "Usage: http [--lines]\n");
    return 2;
  }
  {
    DaemonProcess daemon{{}};
    print("health", measure(daemon.measured(), get_health()), as_lines);
  }
  for (const bool at_work : {false, true}) {
    DaemonProcess daemon{{"--jobs.allow_noop", "true", "--jobs.capacity", "10000000"}};
    const Measured measured = daemon.measured();
    if (!at_work && measured.absence.empty() && !pause_jobs(measured)) {
      std::fprintf(stderr, "http: submit is left out: the queue could not be paused\n");
      continue;
    }
    print(at_work ? "submit_at_work" : "submit", measure(measured, post_job()), as_lines);
  }
  PeerProcess peer;
  print("peer_health", measure(peer.measured(), get_health()), as_lines);
  print("peer_submit", measure(peer.measured(), post_job()), as_lines);
  return 0;
}

#include "config/simulate_command.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iomanip>
#include <numeric>
#include <optional>
#include <random>
#include <sstream>
#include <utility>

#include "adapters/cli/progress_bar.hpp"
#include "config/simulation/world.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::config {
namespace {

using result::ErrorCode;
using result::make_error;
using simulation::SimulationOptions;
using simulation::SimulationReport;

/// `90s`, `30m`, `12h`, `7d`.
result::Result<time::Duration> parse_duration(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  std::int64_t seconds = 0;
  if (unit == "s") seconds = 1;
  if (unit == "m") seconds = 60;
  if (unit == "h") seconds = 3600;
  if (unit == "d") seconds = 86'400;
  constexpr std::int64_t year = 366 * std::int64_t{86'400};
  if (error != std::errc{} || seconds == 0 || number < 1 || number > year / seconds) {
    return make_error(
        ErrorCode::invalid,
        "--until is '" + text + "': give a time such as 30m, 12h or 7d, a year at most.", "until");
  }
  return time::Duration{std::chrono::seconds{number * seconds}};
}

std::uint64_t draw_first_seed() {
  std::random_device device;
  // Short enough to be typed by hand.
  return device();
}

/// One seed a line; what follows a # is a remark.
result::Result<std::vector<std::uint64_t>> read_seeds(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return make_error(ErrorCode::not_found,
                      "The seed file '" + path + "' cannot be read: check its path.", "seed-file");
  }
  std::vector<std::uint64_t> seeds;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::uint64_t seed = 0;
    std::string rest;
    if (!(words >> std::ws) || words.eof()) continue;
    if (!(words >> seed) || words >> rest) {
      return make_error(
          ErrorCode::malformed,
          path + ":" + std::to_string(number) + " is not a seed: give one whole number a line.",
          "seed-file");
    }
    seeds.push_back(seed);
  }
  return seeds;
}

/// The seeds that the options name, in order.
result::Result<std::vector<std::uint64_t>> seeds_of(
    const boost::program_options::variables_map& values) {
  if (values.count("seed-file") > 0) return read_seeds(values["seed-file"].as<std::string>());
  constexpr std::uint64_t most_seeds = 10'000'000;
  const auto number = [&](const char* option, std::uint64_t lowest,
                          std::uint64_t highest) -> result::Result<std::uint64_t> {
    const std::string& text = values[option].as<std::string>();
    std::uint64_t parsed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (error == std::errc{} && end == text.data() + text.size() && parsed >= lowest &&
        parsed <= highest) {
      return parsed;
    }
    return make_error(ErrorCode::invalid,
                      "--" + std::string{option} + " is '" + text + "': give a whole number from " +
                          std::to_string(lowest) + " to " + std::to_string(highest) + ".",
                      option);
  };
  const auto count = number("seeds", 1, most_seeds);
  if (!count) return count.error();
  std::uint64_t first = draw_first_seed();
  if (values.count("seed") > 0) {
    const auto given = number("seed", 0, UINT64_MAX - most_seeds);
    if (!given) return given.error();
    first = *given;
  }
  std::vector<std::uint64_t> seeds(*count);
  std::iota(seeds.begin(), seeds.end(), first);
  return seeds;
}

std::string hexadecimal(std::uint64_t number) {
  std::ostringstream text;
  text << std::hex << std::setw(16) << std::setfill('0') << number;
  return text.str();
}

double hours_of(time::Duration duration) {
  return std::chrono::duration<double, std::ratio<3600>>(duration).count();
}

void print_text(const SimulationReport& report, std::ostream& out) {
  out << "seed " << report.seed << ": " << std::fixed << std::setprecision(2)
      << hours_of(report.simulated) << " h simulated in " << report.steps << " steps; "
      << report.messages << " messages, " << report.requests << " requests (";
  bool first = true;
  for (const auto& [status, count] : report.answers) {
    out << (std::exchange(first, false) ? "" : ", ") << count << " x " << status;
  }
  out << "), " << report.runs << " runs and " << report.candles << " candles kept; " << report.jobs
      << " jobs, " << report.leases << " leases, " << report.lost_leases << " lost; "
      << report.reruns << " paper sessions run again with " << report.fills << " fills, "
      << report.alerts << " alerts, " << report.task_runs << " scheduled tasks; " << report.crashes
      << " crashes, " << report.disk_faults << " disk faults, " << report.network_faults
      << " network faults, " << report.actor_failures << " failed handlers; hash "
      << hexadecimal(report.hash) << ", last draw " << hexadecimal(report.last_draw) << "\n";
}

void print_violation(const SimulationReport& report, const std::string& until,
                     const std::string& faults, std::ostream& out) {
  const auto& violation = *report.violation;
  out << "seed " << report.seed << ", step " << violation.step << ", "
      << time::format_iso8601(violation.time) << ": " << violation.invariant
      << " is violated: " << violation.text << "\n  Again, with every step: hts simulate --seed "
      << report.seed << " --until " << until << " --faults " << faults << " --trace\n";
}

void write_json(json::Writer& writer, const SimulationReport& report) {
  writer.begin_object();
  writer.member("seed", report.seed);
  writer.member("steps", report.steps);
  writer.member("simulated_hours", hours_of(report.simulated));
  writer.member("hash", hexadecimal(report.hash));
  writer.member("last_draw", hexadecimal(report.last_draw));
  writer.member("messages", report.messages);
  writer.member("requests", report.requests);
  writer.key("answers");
  writer.begin_object();
  for (const auto& [status, count] : report.answers) writer.member(std::to_string(status), count);
  writer.end_object();
  writer.member("runs", report.runs);
  writer.member("candles", report.candles);
  writer.member("jobs", report.jobs);
  writer.member("job_ends", report.job_ends);
  writer.member("leases", report.leases);
  writer.member("lost_leases", report.lost_leases);
  writer.member("network_faults", report.network_faults);
  writer.member("session_reruns", report.reruns);
  writer.member("session_fills", report.fills);
  writer.member("alerts", report.alerts);
  writer.member("scheduled_tasks", report.task_runs);
  writer.member("crashes", report.crashes);
  writer.member("disk_operations", report.disk_operations);
  writer.member("disk_faults", report.disk_faults);
  writer.member("failed_handlers", report.actor_failures);
  writer.key("violation");
  if (report.violation) {
    writer.begin_object();
    writer.member("invariant", report.violation->invariant);
    writer.member("text", report.violation->text);
    writer.member("step", report.violation->step);
    writer.member("time", time::format_iso8601(report.violation->time));
    writer.end_object();
  } else {
    writer.value(nullptr);
  }
  writer.end_object();
}

struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t violations = 0;
  double hours = 0;
};

}  // namespace

int run_simulate(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment) {
  namespace options = boost::program_options;
  const cli::CommandHelp help{
      "simulate", "hts simulate [--seed N] [options]",
      "Runs the daemon itself - its actors, HTTP routes, stores and database - on one thread in "
      "virtual time, in an order and with faults drawn from a seed, and checks after every step "
      "that nothing is lost, doubled, reordered, half-written or seen too early.\n\n"
      "In about half of the seeds it trades live on paper: an exchange whose stream is cut, falls "
      "silent, stalls, repeats, delays and disorders trades, before and after reconnects; a "
      "history that is away for a while; people who start and stop sessions and trade by hand. "
      "Books must balance, every minute with trades must become the exchange's candle or be told "
      "as a gap, and a session run again must be the same, whatever crashed. In half of the seeds "
      "scheduled tasks run, too, each due time once and as its line says. docs/simulation.md has "
      "all that is checked.",
      "hts simulate --seed 42 --until 2h"};
  options::options_description described("Options");
  described.add_options()("seed", options::value<std::string>(),
                          "the first seed; drawn and printed when it is not given")(
      "seeds", options::value<std::string>()->default_value("1"),
      "how many seeds, one after the other")("seed-file", options::value<std::string>(),
                                             "run the seeds of this file, one a line")(
      "until", options::value<std::string>()->default_value("1h"),
      "virtual time of each run: 90s, 30m, 12h, 7d")(
      "faults", options::value<std::string>()->default_value("all"),
      "all, none, or some of disk,crash,actors,clients,feed,network,clock")(
      "twice", "run each seed twice and compare the hashes")(
      "keep-going", "go on with the next seed after a violation")(
      "trace", "print everything that happens")("json", "one JSON object a seed, one a line");
  const auto parsed = cli::parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;

  const std::string until_text = values["until"].as<std::string>();
  const std::string faults_text = values["faults"].as<std::string>();
  const auto until = parse_duration(until_text);
  if (!until) return cli::report(until.error(), environment, cli::exit_usage);
  const auto faults = simulation::FaultKinds::parse(faults_text);
  if (!faults) return cli::report(faults.error(), environment, cli::exit_usage);
  const auto named = seeds_of(values);
  if (!named) return cli::report(named.error(), environment, cli::exit_usage);
  const std::vector<std::uint64_t>& seeds = *named;

  const bool as_json = values.count("json") > 0;
  const bool each = as_json || seeds.size() == 1;
  // Before anything can go wrong: a crash of this very program must be reproducible too.
  if (!each && values.count("seed-file") == 0) {
    environment.err << "hts simulate: " << seeds.size() << " seeds from " << seeds.front() << "\n";
  }
  cli::ProgressBar progress(environment.err, environment.terminal);
  Totals totals;
  const auto began = std::chrono::steady_clock::now();
  for (const std::uint64_t seed : seeds) {
    SimulationOptions simulation{seed, *until, *faults, {}, environment.interrupted};
    if (values.count("trace") > 0) {
      simulation.trace = [&environment](const std::string& line) {
        environment.out << line << "\n";
      };
    }
    SimulationReport report = simulation::simulate(simulation);
    if (values.count("twice") > 0 && !report.violation && !environment.interrupted()) {
      const SimulationReport again = simulation::simulate(simulation);
      if (again.hash != report.hash || again.last_draw != report.last_draw) {
        report.violation = {"same_twice",
                            "the second run of the seed went another way (hash " +
                                hexadecimal(again.hash) + " instead of " +
                                hexadecimal(report.hash) + ")",
                            report.steps,
                            {}};
      }
    }
    if (environment.interrupted()) {
      progress.erase();
      environment.err << "hts simulate: stopped after " << totals.seeds << " seeds.\n";
      return cli::exit_failed;
    }
    ++totals.seeds;
    totals.hours += hours_of(report.simulated);
    if (report.violation) {
      ++totals.violations;
      progress.erase();
    }
    if (as_json) {
      std::string line;
      json::Writer writer{line};
      write_json(writer, report);
      environment.out << line << "\n";
    } else {
      if (each) print_text(report, environment.out);
      if (report.violation) print_violation(report, until_text, faults_text, environment.out);
    }
    if (report.violation && values.count("keep-going") == 0) break;
    progress.show("simulating", totals.seeds, seeds.size());
  }
  progress.erase();
  if (!as_json) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    environment.out << totals.seeds << (totals.seeds == 1 ? " seed" : " seeds");
    if (seeds.size() > 1 && values.count("seed-file") == 0)
      environment.out << " from " << seeds.front();
    environment.out << ", " << std::fixed << std::setprecision(1) << totals.hours
                    << " h simulated in " << seconds << " s, " << totals.violations
                    << " with a violation.\n";
  }
  return totals.violations == 0 ? cli::exit_success : cli::exit_failed;
}

}  // namespace hts::config

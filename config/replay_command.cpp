#include "config/replay_command.hpp"

#include <optional>

#include "adapters/cli/progress_bar.hpp"
#include "adapters/disk/disk.hpp"
#include "config/replay/replay.hpp"
#include "config/version.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::config {
namespace {

namespace options = boost::program_options;

void write_json(const ReplayReport& report, std::ostream& out) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("identical", report.is_identical() && !report.interrupted);
  writer.member("interrupted", report.interrupted);
  writer.key("sessions");
  writer.begin_array();
  for (const ReplayedSession& session : report.sessions) {
    writer.begin_object();
    writer.member("session", session.session);
    writer.member("program", session.program);
    writer.member("inputs", session.inputs);
    writer.member("commands", session.commands);
    writer.member("identical", session.is_identical());
    if (session.difference) {
      const ReplayDifference& difference = *session.difference;
      writer.key("first_difference");
      writer.begin_object();
      writer.member("segment", difference.path);
      writer.member("offset", difference.offset);
      writer.member("input", difference.input);
      writer.member("during", difference.during);
      writer.member("what", difference.what);
      writer.member("byte", difference.byte);
      writer.member("recorded", difference.recorded);
      writer.member("replayed", difference.replayed);
      writer.end_object();
    }
    if (session.damage) {
      writer.key("damage");
      writer.begin_object();
      writer.member("kind", journal::name_of(session.damage->kind));
      writer.member("segment", session.damage->path);
      writer.member("offset", session.damage->offset);
      writer.member("message", session.damage->message);
      writer.end_object();
    }
    if (!session.obstacle.empty()) writer.member("obstacle", session.obstacle);
    writer.key("notes");
    writer.begin_array();
    for (const std::string& note : session.notes) writer.value(note);
    writer.end_array();
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  out << text << "\n";
}

void write_text(const ReplayReport& report, std::ostream& out) {
  for (const ReplayedSession& session : report.sessions) {
    out << "Session " << session.session;
    if (!session.program.empty()) out << " of " << session.program;
    out << ": " << session.inputs << " inputs, " << session.commands
        << " outgoing commands the same";
    out << (session.is_identical() ? ". Identical.\n" : ".\n");
    if (session.difference) {
      const ReplayDifference& difference = *session.difference;
      out << "  FIRST DIFFERENCE in " << difference.path << " at byte " << difference.offset
          << ", input " << difference.input << " (" << difference.during << "):\n    "
          << difference.what << "\n";
      if (!difference.recorded.empty() || !difference.replayed.empty()) {
        out << "    from byte " << difference.byte
            << " of it on\n      recorded: " << difference.recorded
            << "\n      replayed: " << difference.replayed << "\n";
      }
    }
    if (session.damage) {
      out << "  " << journal::name_of(session.damage->kind) << ": " << session.damage->message
          << "\n";
    }
    if (!session.obstacle.empty()) out << "  " << session.obstacle << "\n";
    for (const std::string& note : session.notes) out << "  Note: " << note << "\n";
  }
}

}  // namespace

int run_replay(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment) {
  const cli::CommandHelp help{
      "replay", "hts replay JOURNAL [--data-root DIR] [--until N] [--json]",
      "Executes what a journal recorded again and compares every outgoing command byte for byte, "
      "naming the first difference. JOURNAL is a segment file or the folder of them. Nothing is "
      "written and no daemon is needed. Exit status 0 when everything is the same, 1 when not.",
      "hts replay ./state/journal"};
  options::options_description described("Options");
  described.add_options()("journal", options::value<std::string>(), "segment file or folder")(
      "data-root", options::value<std::string>(),
      "candle catalog; the one that the daemon used, if not given")(
      "until", options::value<std::uint64_t>(), "stop after this input of each session")(
      "json", "print one JSON document");
  options::positional_options_description positional;
  positional.add("journal", 1);
  const auto parsed = cli::parse_arguments(help, described, positional, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  if (parsed.values.count("journal") == 0) {
    return cli::report(
        result::make_error(result::ErrorCode::invalid,
                           "Name the journal: hts replay ./state/journal", "JOURNAL"),
        environment, cli::exit_usage);
  }

  ReplayOptions replay_options;
  replay_options.program = "hts " + std::string{version};
  replay_options.path = parsed.values["journal"].as<std::string>();
  if (parsed.values.count("until") > 0) {
    replay_options.until = parsed.values["until"].as<std::uint64_t>();
  }
  std::optional<std::string> data_root;
  if (parsed.values.count("data-root") > 0) {
    data_root = parsed.values["data-root"].as<std::string>();
  }
  replay_options.open_candle_store = [&](const std::string& recorded) {
    return environment.open_candle_store(data_root.value_or(recorded));
  };
  replay_options.interrupted = environment.interrupted;
  cli::ProgressBar bar(environment.err, environment.terminal);
  replay_options.on_progress = [&](double share) {
    bar.show("replaying", static_cast<std::uint64_t>(share * 1000), 1000);
  };
  const auto report = replay(*disk::system_disk(), replay_options);
  bar.erase();
  if (!report) return cli::report(report.error(), environment);
  if (parsed.values.count("json") > 0) {
    write_json(*report, environment.out);
  } else {
    write_text(*report, environment.out);
  }
  if (report->interrupted) {
    environment.err << "hts: interrupted: what is above was played until then.\n";
    return cli::exit_failed;
  }
  return report->is_identical() ? cli::exit_success : cli::exit_failed;
}

}  // namespace hts::config

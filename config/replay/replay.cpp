#include "config/replay/replay.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "adapters/http/api.hpp"
#include "adapters/http/recorded_request.hpp"
#include "adapters/http/webhook/webhook_routes.hpp"
#include "adapters/journal/journaled_alerts.hpp"
#include "adapters/journal/journaled_job_store.hpp"
#include "adapters/journal/journaled_ledger_store.hpp"
#include "adapters/journal/journaled_market.hpp"
#include "adapters/journal/journaled_preset_store.hpp"
#include "adapters/journal/journaled_stores.hpp"
#include "adapters/journal/record_codec.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "config/replay/difference.hpp"
#include "config/wiring/candle_arrival.hpp"
#include "config/wiring/feed_arrival.hpp"
#include "config/wiring/job_signal.hpp"
#include "config/wiring/session_settings.hpp"
#include "config/wiring/stop_work.hpp"
#include "config/wiring/task_work.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/runtime/replay_executor.hpp"

namespace hts::config {
namespace {

using journal::Damage;
using journal::SegmentReader;

/// The daemon's actors under a replay of one session.
class Stage {
 public:
  struct Sent {
    std::string name;
    std::string bytes;
  };

  Stage(const journal::SegmentHeader& header, ports::CandleStore& catalog)
      : candles_(catalog,
                 [this](const std::string& what) {
                   if (catalog_change_.empty()) catalog_change_ = what;
                 }),
        runtime_(runtime_options(header)) {
    const SessionSettings settings = read_session_settings(header);
    Stores stores{candles_, results_, artifacts_, settings.keeps_jobs ? &jobs_ : nullptr,
                  &presets_};
    if (const auto& rules = settings.wiring.notify) {
      stores.alerts = &alerts_;
      for (const std::string& channel : rules->channels) {
        stores.channels.push_back(&channels_.emplace_back(channel, nullptr));
      }
    }
    if (settings.trades_live) {
      stores.ledger = &ledger_;
      stores.tail = &tail_;
      stores.live_candles = &live_candles_;
      if (settings.has_history) stores.history = &history_;
    }
    actors_ = spawn_actors(runtime_, stores, settings.wiring);
    http::ApiServices services{runtime_, actors_.scheduler, actors_.storage, actors_.ingest,
                               header.program};
    services.check_job = job_check(settings.allow_noop);
    services.job_terms = settings.job_terms;
    services.positions = actors_.positions;
    services.notifier = actors_.notifier;
    router_.emplace(http::make_router(services, metrics_, {[services](http::Router& router) {
                                        http::add_webhook_routes(router, services);
                                      }}));
  }

  [[nodiscard]] result::Status start() { return runtime_.start(); }

  runtime::ReplayExecutor::Played play(journal::Input& input) {
    if (input.refusal) input.record.refusal = &*input.refusal;
    return player_->play(input.record, std::move(input.calls), [&] { work(input.record); });
  }

  /// What the actors sent out and nobody took yet, oldest first.
  std::deque<Sent>& sent() noexcept { return sent_; }
  /// Set by the first candles that are not those of the record.
  [[nodiscard]] const std::string& catalog_change() const noexcept { return catalog_change_; }
  /// Set by work that this program does not know.
  [[nodiscard]] const std::string& unknown_work() const noexcept { return unknown_work_; }

 private:
  runtime::RuntimeOptions runtime_options(const journal::SegmentHeader& header) {
    runtime::RuntimeOptions options;
    options.seed = header.seed;
    auto player = std::make_unique<runtime::ReplayExecutor>(
        [this](std::string_view name, std::string_view bytes) {
          sent_.push_back({std::string{name}, std::string{bytes}});
        });
    player_ = player.get();
    options.executor = std::move(player);
    return options;
  }

  void work(const runtime::InputRecord& input) {
    if (runtime_.redo(input.name, input.bytes)) return;
    if (input.name == http::request_work) {
      if (const auto request = http::remake_request(runtime_, *router_, input.bytes)) {
        request->run();
        return;
      }
    } else if (input.name == candle_work) {
      if (const auto arrival = remake_candle_arrival(runtime_, actors_.ingest, input.bytes)) {
        arrival->run();
        return;
      }
    } else if (input.name == job_signal_work) {
      if (const auto signal = remake_job_signal(actors_.scheduler, input.bytes)) {
        signal->run();
        return;
      }
    } else if (const auto brought = remake_feed_work(actors_.ingest, input.name, input.bytes)) {
      brought->run();
      return;
    } else if (const auto task = remake_task_work(runtime_, actors_.ingest, actors_.notifier,
                                                  input.name, input.bytes)) {
      task->run();
      return;
    } else if (const auto stop =
                   remake_stop_work(runtime_, actors_.scheduler, input.name, input.bytes)) {
      stop->run();
      return;
    }
    unknown_work_ = std::string{input.name};
  }

  std::deque<Sent> sent_;
  std::string catalog_change_;
  std::string unknown_work_;
  journal::JournaledCandleStore candles_;
  journal::JournaledResultStore results_{nullptr};
  journal::JournaledArtifactStore artifacts_{nullptr};
  journal::JournaledJobStore jobs_{nullptr};
  journal::JournaledPresetStore presets_{nullptr};
  journal::JournaledAlertOutbox alerts_{nullptr};
  std::deque<journal::JournaledAlertChannel> channels_;
  journal::JournaledLedgerStore ledger_{nullptr};
  journal::JournaledCandleTail tail_{nullptr};
  journal::JournaledLiveCandles live_candles_{nullptr, candles_};
  journal::JournaledMarketHistory history_{nullptr};
  prometheus::Metrics metrics_;
  std::optional<http::Router> router_;  // requests under way refer to it until the runtime ends
  runtime::ReplayExecutor* player_ = nullptr;
  runtime::Runtime runtime_;
  Actors actors_;
};

/// The records of one session, over its segments.
class SessionReader {
 public:
  SessionReader(disk::Disk& disk, std::vector<std::string> paths)
      : disk_(disk), paths_(std::move(paths)) {}

  /// The next record that is no segment's header; nothing at the end, or at damage.
  std::optional<SegmentReader::Record> next() {
    for (;;) {
      if (reader_) {
        if (auto record = reader_->next()) {
          const auto kind = journal::kind_of(record->payload);
          if (kind != journal::RecordKind::segment_header) {
            if (kind != journal::RecordKind::gap) ++records_;
            return record;
          }
          if (!follows_on(*record)) return std::nullopt;
          continue;
        }
        damage_ = reader_->damage();
        bytes_before_ += reader_->size();
        if (damage_) return std::nullopt;
      }
      if (next_ == paths_.size()) return std::nullopt;
      auto opened = SegmentReader::open(disk_, paths_[next_]);
      if (!opened) {
        damage_ = Damage{Damage::Kind::unreadable, paths_[next_], 0, opened.error().message};
        return std::nullopt;
      }
      reader_.emplace(std::move(opened).value());
      ++next_;
    }
  }

  [[nodiscard]] const std::optional<Damage>& damage() const noexcept { return damage_; }
  [[nodiscard]] bool in_last_segment() const noexcept { return next_ == paths_.size(); }
  [[nodiscard]] const std::string& path() const noexcept { return reader_->path(); }
  [[nodiscard]] std::uint64_t bytes_read() const noexcept {
    return bytes_before_ + (reader_ ? reader_->offset() : 0);
  }

 private:
  /// A power failure may cut a segment between two records and keep the one behind it: only the
  /// count tells.
  bool follows_on(const SegmentReader::Record& record) {
    const auto header = journal::decode_segment_header(record.payload);
    if (!header) return true;
    if (next_ == 1) records_ = header->records;
    if (header->records == records_) return true;
    damage_ = Damage{Damage::Kind::corrupt, reader_->path(), record.offset,
                     reader_->path() + " follows after " + std::to_string(header->records) +
                         " records of its session, but only " + std::to_string(records_) +
                         " are there: the disk lost the end of the segment before. What stands in "
                         "front of it was replayed; set journal.fsync to always to lose nothing."};
    return false;
  }

  disk::Disk& disk_;
  const std::vector<std::string> paths_;
  std::size_t next_ = 0;
  std::optional<SegmentReader> reader_;
  std::optional<Damage> damage_;
  std::uint64_t bytes_before_ = 0;
  std::uint64_t records_ = 0;  // of the session up to here, headers and gaps apart
};

std::string describe(const runtime::InputRecord& input) {
  switch (input.kind) {
    case runtime::InputRecord::Kind::start:
      return "the start";
    case runtime::InputRecord::Kind::alarm:
      return "an alarm of actor " + std::to_string(input.subject);
    case runtime::InputRecord::Kind::job:
      return "background job " + std::to_string(input.subject);
    case runtime::InputRecord::Kind::work:
      return input.name == http::request_work ? http::describe_request(input.bytes)
                                              : std::string{input.name};
    case runtime::InputRecord::Kind::stray:
      return "something unrecorded";
  }
  return {};
}

/// Plays one session and compares.
class Comparison {
 public:
  Comparison(Stage& stage, SessionReader& reader, ReplayedSession& session)
      : stage_(stage), reader_(reader), session_(session) {}

  /// False: the session ends here.
  bool take(const SegmentReader::Record& record) {
    switch (journal::kind_of(record.payload).value_or(journal::RecordKind::gap)) {
      case journal::RecordKind::input:
        return take_input(record);
      case journal::RecordKind::command:
        return take_command(record);
      default:
        return take_gap(record);
    }
  }

  /// Commands that the replay sent and the record does not have.
  [[nodiscard]] std::size_t left_over() const { return stage_.sent().size(); }

 private:
  bool take_input(const SegmentReader::Record& record) {
    if (!stage_.sent().empty()) {
      const auto& extra = stage_.sent().front();
      differs(record, "The replay sent '" + extra.name + "', which the record does not have.", {},
              extra.bytes);
      return false;
    }
    if (!journal::decode_input(record.payload, input_)) return unreadable(record);
    number_ = input_.record.number;
    during_ = describe(input_.record);
    if (input_.record.kind == runtime::InputRecord::Kind::stray) {
      session_.obstacle = at(record) +
                          "an actor was reached from outside without being recorded: what happened "
                          "after it cannot be known. This is a defect of the program that wrote "
                          "the journal.";
      return false;
    }
    const std::vector<runtime::PortCall> calls = input_.calls;
    const auto played = stage_.play(input_);
    if (!stage_.unknown_work().empty()) {
      session_.obstacle = at(record) + "this program does not know '" + stage_.unknown_work() +
                          "': replay it with the program that wrote it, " + session_.program + ".";
      return false;
    }
    if (!stage_.catalog_change().empty()) {
      session_.obstacle = at(record) +
                          "the candle catalog has changed since: " + stage_.catalog_change() +
                          ". Restore it, or name the data of then with --data-root.";
      return false;
    }
    if (played.job_is_missing) {
      differs(record, "A background job came home that the replay did not begin.", {}, {});
      return false;
    }
    if (played.difference) {
      differs_in_call(record, calls, *played.difference);
      return false;
    }
    session_.commands += calls.size();
    ++session_.inputs;
    return true;
  }

  bool take_command(const SegmentReader::Record& record) {
    const auto command = journal::decode_command(record.payload);
    if (!command) return unreadable(record);
    if (stage_.sent().empty()) {
      differs(record, "The replay did not send '" + std::string{command->name} + "'.",
              command->bytes, {});
      return false;
    }
    const Stage::Sent sent = std::move(stage_.sent().front());
    stage_.sent().pop_front();
    if (sent.name != command->name) {
      differs(record,
              "The replay sent '" + sent.name + "' where the record has '" +
                  std::string{command->name} + "'.",
              command->bytes, sent.bytes);
      return false;
    }
    if (sent.bytes != command->bytes) {
      differs(record, "The replay sent another '" + sent.name + "'.", command->bytes, sent.bytes);
      return false;
    }
    ++session_.commands;
    return true;
  }

  bool take_gap(const SegmentReader::Record& record) {
    const auto gap = journal::decode_gap(record.payload);
    if (!gap) return unreadable(record);
    session_.messages_lost = gap->records;
    session_.obstacle = at(record) + std::to_string(gap->records) + " records are missing (" +
                        gap->reason + "): what happened after them cannot be known.";
    return false;
  }

  bool unreadable(const SegmentReader::Record& record) {
    session_.obstacle = at(record) +
                        "the record is whole but says nothing this program understands: replay it "
                        "with the program that wrote it, " +
                        session_.program + ".";
    return false;
  }

  void differs_in_call(const SegmentReader::Record& record,
                       const std::vector<runtime::PortCall>& calls,
                       const runtime::PortCalls::Difference& difference) {
    const runtime::PortCall* recorded =
        difference.index < calls.size() ? &calls[difference.index] : nullptr;
    const runtime::PortCall& made = difference.made;
    std::string what;
    if (made.name.empty()) {
      what = "The replay did not make call " + std::to_string(difference.index + 1) + ", '" +
             recorded->name + "'.";
    } else if (recorded == nullptr) {
      what = "The replay called '" + made.name + "', which the record does not have.";
    } else if (recorded->name != made.name) {
      what = "The replay called '" + made.name + "' where the record has '" + recorded->name + "'.";
    } else {
      what = "The replay called '" + made.name + "' with other arguments.";
    }
    differs(record, std::move(what), recorded == nullptr ? "" : recorded->arguments,
            made.arguments);
  }

  void differs(const SegmentReader::Record& record, std::string what, std::string_view recorded,
               std::string_view replayed) {
    ReplayDifference& difference = session_.difference.emplace();
    difference.path = reader_.path();
    difference.offset = record.offset;
    difference.input = number_;
    difference.during = during_;
    difference.what = std::move(what);
    difference.byte = first_difference(recorded, replayed);
    difference.recorded = shown_around(recorded, difference.byte);
    difference.replayed = shown_around(replayed, difference.byte);
  }

  std::string at(const SegmentReader::Record& record) const {
    return reader_.path() + " at byte " + std::to_string(record.offset) + ": ";
  }

  Stage& stage_;
  SessionReader& reader_;
  ReplayedSession& session_;
  journal::Input input_;
  std::uint64_t number_ = 0;
  std::string during_;
};

struct Session {
  journal::SegmentHeader header;  ///< of the first segment there is
  std::vector<std::string> paths;
  std::uint64_t bytes = 0;
  /// Of a segment that does not tell its session.
  std::optional<Damage> damage;
};

/// The sessions of the files, in order; a file whose header cannot be read is a session of its own.
result::Result<std::vector<Session>> find_sessions(disk::Disk& disk,
                                                   const std::vector<std::string>& paths) {
  std::vector<Session> sessions;
  for (const std::string& path : paths) {
    auto reader = SegmentReader::open(disk, path);
    if (!reader) return std::move(reader).error();
    const auto record = reader->next();
    const auto header = record ? journal::decode_segment_header(record->payload) : std::nullopt;
    if (!header) {
      Session& unknown = sessions.emplace_back();
      unknown.paths = {path};
      unknown.damage = reader->damage();
      if (!unknown.damage) {
        unknown.damage = Damage{Damage::Kind::torn_tail, path, reader->offset(),
                                path + " holds no records: the program ended while it was made."};
      }
      continue;
    }
    if (sessions.empty() || sessions.back().header.session != header->session) {
      sessions.emplace_back().header = *header;
    }
    sessions.back().paths.push_back(path);
    sessions.back().bytes += reader->size();
  }
  return sessions;
}

result::Result<std::vector<std::string>> find_files(disk::Disk& disk, const std::string& path) {
  if (path.ends_with(".journal")) return std::vector<std::string>{path};
  auto segments = journal::list_segments(disk, path);
  if (!segments) return std::move(segments).error();
  std::vector<std::string> paths;
  for (journal::SegmentFile& segment : *segments) paths.push_back(std::move(segment.path));
  if (paths.empty()) {
    return result::make_error(
        result::ErrorCode::not_found,
        "There is no journal in '" + path +
            "': name a .journal file or the folder below state.root that holds them; a daemon "
            "writes them with journal.enabled = true.",
        "JOURNAL");
  }
  return paths;
}

void play_session(disk::Disk& disk, const ReplayOptions& options, const Session& session,
                  const std::function<void(std::uint64_t)>& on_bytes, ReplayedSession& report,
                  bool& interrupted) {
  if (session.header.segment != 0) {
    report.obstacle =
        session.paths.front() + " is part " + std::to_string(session.header.segment + 1) +
        " of its session, and the parts before it are not here (journal.keep_megabytes and "
        "journal.keep_days say how long they stay): a replay needs a session's beginning.";
    return;
  }
  auto catalog = options.open_candle_store(read_session_settings(session.header).data_root);
  if (!catalog) {
    report.obstacle = catalog.error().message;
    return;
  }
  Stage stage(session.header, **catalog);
  if (auto started = stage.start(); !started) {
    report.obstacle = started.error().message;
    return;
  }
  SessionReader reader(disk, session.paths);
  Comparison comparison(stage, reader, report);
  std::uint64_t records = 0;
  while (const auto record = reader.next()) {
    if (options.until && report.inputs >= *options.until &&
        journal::kind_of(record->payload) == journal::RecordKind::input) {
      return;
    }
    if (!comparison.take(*record)) return;
    if (++records % 64 != 0) continue;
    on_bytes(reader.bytes_read());
    if (options.interrupted && options.interrupted()) {
      interrupted = true;
      return;
    }
  }
  report.damage = reader.damage();
  if (report.damage && report.damage->kind == Damage::Kind::torn_tail &&
      !reader.in_last_segment()) {
    report.obstacle =
        "The session goes on in another segment, but what the torn tail held is lost.";
  }
  if (comparison.left_over() > 0) {
    report.notes.push_back("The replay sent " + std::to_string(comparison.left_over()) +
                           " commands for the last input that the journal ends before.");
  }
}

}  // namespace

bool ReplayReport::is_identical() const noexcept {
  return std::all_of(sessions.begin(), sessions.end(),
                     [](const ReplayedSession& session) { return session.is_identical(); });
}

result::Result<ReplayReport> replay(disk::Disk& disk, const ReplayOptions& options) {
  const auto files = find_files(disk, options.path);
  if (!files) return files.error();
  const auto sessions = find_sessions(disk, *files);
  if (!sessions) return sessions.error();
  std::uint64_t all = 0;
  for (const Session& session : *sessions) all += session.bytes;
  std::uint64_t done = 0;
  ReplayReport report;
  for (const Session& session : *sessions) {
    ReplayedSession& played = report.sessions.emplace_back();
    played.session = session.header.session;
    played.program = session.header.program;
    if (!played.program.empty() && played.program != options.program) {
      played.notes.push_back("It was written by " + played.program + ", this is " +
                             options.program + ".");
    }
    if (session.damage) {
      played.damage = session.damage;
      continue;
    }
    const auto on_bytes = [&](std::uint64_t bytes) {
      if (options.on_progress && all > 0) {
        options.on_progress(static_cast<double>(done + bytes) / static_cast<double>(all));
      }
    };
    play_session(disk, options, session, on_bytes, played, report.interrupted);
    done += session.bytes;
    if (report.interrupted) break;
  }
  return report;
}

}  // namespace hts::config

#include "config/wiring/task_work.hpp"

#include <string>
#include <utility>

#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"

namespace hts::config {
namespace {

class Compaction final : public runtime::OutsideWork {
 public:
  Compaction(runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
             runtime::Duration patience, OnCompacted on_compacted)
      : runtime_(runtime),
        ingest_(std::move(ingest)),
        patience_(patience),
        on_compacted_(std::move(on_compacted)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return compact_work; }
  void encode(std::string& bytes) const override {
    journal::MsgpackWriter writer(bytes);
    writer.array(1);
    writer.integer(patience_.count());
  }
  void run() override {
    (void)runtime_.ask(ingest_, actors::CompactTail{}, patience_,
                       [on_compacted = std::move(on_compacted_)](
                           const result::Result<actors::CompactReport>& report) {
                         if (on_compacted) on_compacted(report);
                       });
  }

 private:
  runtime::Runtime& runtime_;
  const runtime::Address<actors::IngestProtocol> ingest_;
  const runtime::Duration patience_;
  OnCompacted on_compacted_;
};

class NoticeWork final : public runtime::OutsideWork {
 public:
  NoticeWork(runtime::Address<actors::NotifierProtocol> notifier, actors::Notice notice)
      : notifier_(std::move(notifier)), notice_(std::move(notice)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return notice_work; }
  void encode(std::string& bytes) const override {
    journal::MsgpackWriter writer(bytes);
    writer.array(5);
    writer.unsigned_integer(static_cast<std::uint64_t>(notice_.severity));
    writer.text(notice_.kind);
    writer.text(notice_.text);
    writer.text(notice_.subject);
    writer.text(notice_.details);
  }
  // Only a notifier that stops, or one that is flooded, loses it; the log has what it told.
  void run() override { (void)notifier_.tell(std::move(notice_)); }

 private:
  const runtime::Address<actors::NotifierProtocol> notifier_;
  actors::Notice notice_;
};

}  // namespace

std::unique_ptr<runtime::OutsideWork> make_compaction(
    runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
    runtime::Duration patience, OnCompacted on_compacted) {
  return std::make_unique<Compaction>(runtime, std::move(ingest), patience,
                                      std::move(on_compacted));
}

std::unique_ptr<runtime::OutsideWork> make_notice(
    runtime::Address<actors::NotifierProtocol> notifier, actors::Notice notice) {
  return std::make_unique<NoticeWork>(std::move(notifier), std::move(notice));
}

std::unique_ptr<runtime::OutsideWork> remake_task_work(
    runtime::Runtime& runtime, runtime::Address<actors::IngestProtocol> ingest,
    runtime::Address<actors::NotifierProtocol> notifier, std::string_view name,
    std::string_view bytes) {
  journal::MsgpackReader reader(bytes);
  if (name == compact_work) {
    reader.expect_array(1);
    const runtime::Duration patience{reader.integer()};
    if (!reader.finished()) return nullptr;
    return make_compaction(runtime, std::move(ingest), patience, {});
  }
  if (name != notice_work) return nullptr;
  reader.expect_array(5);
  const std::uint64_t severity = reader.unsigned_integer();
  actors::Notice notice;
  notice.kind = reader.text();
  notice.text = reader.text();
  notice.subject = reader.text();
  notice.details = reader.text();
  if (!reader.finished() || severity > static_cast<std::uint64_t>(actors::Severity::critical)) {
    return nullptr;
  }
  notice.severity = static_cast<actors::Severity>(severity);
  return make_notice(std::move(notifier), std::move(notice));
}

}  // namespace hts::config

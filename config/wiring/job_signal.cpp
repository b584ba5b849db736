#include "config/wiring/job_signal.hpp"

#include <string>
#include <utility>

#include "adapters/journal/job_codec.hpp"

namespace hts::config {
namespace {

class JobSignalWork final : public runtime::OutsideWork {
 public:
  JobSignalWork(runtime::Address<actors::SchedulerProtocol> scheduler,
                const ports::JobSignal& signal)
      : scheduler_(std::move(scheduler)), signal_(signal) {}

  [[nodiscard]] std::string_view name() const noexcept override { return job_signal_work; }
  void encode(std::string& bytes) const override {
    journal::MsgpackWriter writer(bytes);
    writer.array(2);
    writer.unsigned_integer(static_cast<std::uint64_t>(signal_.kind));
    journal::write(writer, signal_.id);
  }
  // A full mailbox may lose it: the scheduler looks by itself, too.
  void run() override { (void)scheduler_.tell(signal_); }

 private:
  const runtime::Address<actors::SchedulerProtocol> scheduler_;
  const ports::JobSignal signal_;
};

}  // namespace

std::unique_ptr<runtime::OutsideWork> make_job_signal(
    runtime::Address<actors::SchedulerProtocol> scheduler, const ports::JobSignal& signal) {
  return std::make_unique<JobSignalWork>(std::move(scheduler), signal);
}

std::unique_ptr<runtime::OutsideWork> remake_job_signal(
    runtime::Address<actors::SchedulerProtocol> scheduler, std::string_view bytes) {
  journal::MsgpackReader reader(bytes);
  reader.expect_array(2);
  const std::uint64_t kind = reader.unsigned_integer();
  ports::JobSignal signal;
  signal.id = journal::read<jobs::JobId>(reader);
  if (!reader.finished() || kind > static_cast<std::uint64_t>(ports::JobSignal::Kind::changed)) {
    return nullptr;
  }
  signal.kind = static_cast<ports::JobSignal::Kind>(kind);
  return make_job_signal(std::move(scheduler), signal);
}

}  // namespace hts::config

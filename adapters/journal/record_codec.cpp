#include "adapters/journal/record_codec.hpp"

#include "adapters/journal/codec.hpp"
#include "adapters/journal/format.hpp"

namespace hts::journal {
namespace {

using runtime::InputRecord;

constexpr std::size_t plain_fields = 6;
constexpr std::size_t job_fields = plain_fields + 2;
constexpr std::size_t work_fields = plain_fields + 2;

}  // namespace

void encode_input(const InputRecord& input, std::string& payload) {
  payload.clear();
  MsgpackWriter writer(payload);
  const bool is_job = input.kind == InputRecord::Kind::job;
  const bool is_work = input.kind == InputRecord::Kind::work;
  writer.array(is_job || is_work ? work_fields : plain_fields);
  writer.unsigned_integer(static_cast<std::uint64_t>(RecordKind::input));
  writer.unsigned_integer(input.number);
  writer.unsigned_integer(static_cast<std::uint64_t>(input.kind));
  writer.integer(input.now.time_since_epoch().count());
  writer.integer(input.steady_now.time_since_epoch().count());
  writer.unsigned_integer(input.subject);
  if (is_work) {
    writer.text(input.name);
    writer.binary(input.bytes);
  }
  if (is_job) {
    if (input.refusal != nullptr) {
      write(writer, *input.refusal);
    } else {
      writer.nil();
    }
    writer.array(input.calls == nullptr ? 0 : input.calls->calls().size());
    if (input.calls == nullptr) return;
    for (const runtime::PortCall& call : input.calls->calls()) {
      writer.array(3);
      writer.text(call.name);
      writer.binary(call.arguments);
      writer.binary(call.result);
    }
  }
}

bool decode_input(std::string_view payload, Input& input) {
  MsgpackReader reader(payload);
  const std::size_t fields = reader.array();
  if (reader.unsigned_integer() != static_cast<std::uint64_t>(RecordKind::input)) return false;
  input.refusal.reset();
  input.calls.clear();
  InputRecord& record = input.record;
  record = {};
  record.number = reader.unsigned_integer();
  const std::uint64_t kind = reader.unsigned_integer();
  if (kind > static_cast<std::uint64_t>(InputRecord::Kind::stray)) return false;
  record.kind = static_cast<InputRecord::Kind>(kind);
  record.now = runtime::Timestamp(runtime::Duration(reader.integer()));
  record.steady_now = runtime::SteadyTime(runtime::Duration(reader.integer()));
  record.subject = reader.unsigned_integer();
  if (record.kind == InputRecord::Kind::work) {
    if (fields != work_fields) return false;
    record.name = reader.text();
    record.bytes = reader.binary();
  } else if (record.kind == InputRecord::Kind::job) {
    if (fields != job_fields) return false;
    if (!reader.take_nil()) input.refusal = read<result::Error>(reader);
    for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
      reader.expect_array(3);
      std::string name{reader.text()};
      std::string arguments{reader.binary()};
      std::string result{reader.binary()};
      input.calls.push_back({std::move(name), std::move(arguments), std::move(result)});
    }
  } else if (fields != plain_fields) {
    return false;
  }
  return reader.finished();
}

void encode_command(std::string_view name, std::string_view bytes, std::string& payload) {
  payload.clear();
  MsgpackWriter writer(payload);
  writer.array(3);
  writer.unsigned_integer(static_cast<std::uint64_t>(RecordKind::command));
  writer.text(name);
  writer.binary(bytes);
}

std::optional<Command> decode_command(std::string_view payload) {
  MsgpackReader reader(payload);
  reader.expect_array(3);
  if (reader.unsigned_integer() != static_cast<std::uint64_t>(RecordKind::command)) {
    return std::nullopt;
  }
  Command command;
  command.name = reader.text();
  command.bytes = reader.binary();
  if (!reader.finished()) return std::nullopt;
  return command;
}

}  // namespace hts::journal

#pragma once

#include "adapters/journal/codec.hpp"
#include "engine/ports/job_store.hpp"

/// What passes through the port of jobs, as msgpack; see codec.hpp.
namespace hts::journal {

void write(MsgpackWriter& writer, const jobs::JobId& id);
void write(MsgpackWriter& writer, const jobs::NewJob& job);
void write(MsgpackWriter& writer, const jobs::JobRecord& record);
void write(MsgpackWriter& writer, const ports::JobBatchResult& result);
void write(MsgpackWriter& writer, const ports::JobPage& page);
void write(MsgpackWriter& writer, const ports::JobCounts& counts);
void write(MsgpackWriter& writer, std::uint64_t count);
/// Only written.
void write(MsgpackWriter& writer, const ports::JobBatch& batch);
void write(MsgpackWriter& writer, const ports::JobFilter& filter);

template <>
jobs::JobId read<jobs::JobId>(MsgpackReader& reader);
template <>
jobs::NewJob read<jobs::NewJob>(MsgpackReader& reader);
template <>
jobs::JobRecord read<jobs::JobRecord>(MsgpackReader& reader);
template <>
ports::JobBatchResult read<ports::JobBatchResult>(MsgpackReader& reader);
template <>
ports::JobPage read<ports::JobPage>(MsgpackReader& reader);
template <>
ports::JobCounts read<ports::JobCounts>(MsgpackReader& reader);
template <>
std::uint64_t read<std::uint64_t>(MsgpackReader& reader);

}  // namespace hts::journal

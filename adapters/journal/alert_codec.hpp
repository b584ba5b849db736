#pragma once

#include "adapters/journal/codec.hpp"
#include "adapters/journal/job_codec.hpp"
#include "engine/ports/alerts.hpp"

/// What passes through the ports of alerts, as msgpack; see codec.hpp.
namespace hts::journal {

void write(MsgpackWriter& writer, const ports::Alert& alert);
void write(MsgpackWriter& writer, const ports::AlertDelivery& delivery);
void write(MsgpackWriter& writer, const ports::AlertOutbox::Counts& counts);
/// Only written.
void write(MsgpackWriter& writer, const ports::AlertOutbox::Route& route);
void write(MsgpackWriter& writer, const ports::AlertOutbox::Outcome& outcome);
void write(MsgpackWriter& writer, const ports::AlertMessage& message);

template <>
ports::Alert read<ports::Alert>(MsgpackReader& reader);
template <>
ports::AlertDelivery read<ports::AlertDelivery>(MsgpackReader& reader);
template <>
ports::AlertOutbox::Counts read<ports::AlertOutbox::Counts>(MsgpackReader& reader);

}  // namespace hts::journal

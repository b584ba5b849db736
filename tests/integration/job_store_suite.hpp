#pragma once

/// What every implementation of ports::JobStore must do. A test program of an adapter includes this
/// and instantiates `JobStoreSuite` with a function that makes an empty queue. All times are given;
/// a store whose server has a clock is told to go by the caller's.
#include "job_store_crowd_suite.hpp"
#include "job_store_parts_suite.hpp"
#include "job_store_people_suite.hpp"
#include "job_store_work_suite.hpp"

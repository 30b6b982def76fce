/*
 * Copyright (c) 2026 helenos-pv authors
 * All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the following conditions
 * are met:
 *
 * - Redistributions of source code must retain the above copyright
 *   notice, this list of conditions and the following disclaimer.
 * - Redistributions in binary form must reproduce the above copyright
 *   notice, this list of conditions and the following disclaimer in the
 *   documentation and/or other materials provided with the distribution.
 * - The name of the author may not be used to endorse or promote products
 *   derived from this software without specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE AUTHOR ``AS IS'' AND ANY EXPRESS OR
 * IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES
 * OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED.
 * IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY DIRECT, INDIRECT,
 * INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT
 * NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
 * DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
 * THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
 * (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
 * THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */

/** @addtogroup libxen
 * @{
 */
/** @file
 * The state machine of a front end
 */

#include <ddf/log.h>
#include <fibril.h>
#include <fibril_synch.h>
#include <stdlib.h>
#include <str_error.h>
#include <time.h>
#include <xen/frontend.h>

/** How long a back end may take to let go of the rings, in microseconds */
#define CLOSE_TIMEOUT_US  10000000

/** How soon to try again what failed: to announce a state, or to connect; in
 * microseconds
 */
#define RETRY_US  200000

/** Where the front end is; its state in xenstore follows from it. */
typedef enum {
	/** Nothing is shared; the back end may start when it wants. */
	FE_IDLE,
	/** Connected */
	FE_CONNECTED,
	/** The back end is asked to let go of what is shared. */
	FE_CLOSING,
	/** Nothing is shared, nor will be: the driver gave the back end up. */
	FE_DEAD
} fe_phase_t;

struct xen_frontend {
	ddf_dev_t *dev;
	const xen_frontend_ops_t *ops;
	void *arg;
	/** The device on xenbus; owned */
	xenbus_dev_t *xb;
	/** Used by the fibril only */
	fe_phase_t phase;
	/** Rings exist: connect was called and disconnect was not. Used by the
	 * fibril only.
	 */
	bool connected;
	/** The back end was seen connected to these rings. Used by the fibril
	 * only.
	 */
	bool bound;
	/** The driver cannot connect to the back end that there is. Used by the
	 * fibril only.
	 */
	bool refused;
	/** It cannot for now. Used by the fibril only. */
	bool again;
	/** State that is to be announced, and the last one that was. They
	 * differ when xenstore could not be written to. Used by the fibril
	 * only.
	 */
	xenbus_state_t wanted;
	xenbus_state_t announced;
	/** The device is not in xenstore any more, so the back end is told of
	 * nothing. Used by the fibril only.
	 */
	bool gone;

	/** Guards everything below */
	fibril_mutex_t lock;
	/** Signals changed, update, failed, suspend, stopping and ended */
	fibril_condvar_t cv;
	/** Last known state of the back end */
	xenbus_state_t backend;
	/** It was told at all. */
	bool known;
	/** The back end is to stay. */
	bool online;
	/** backend or online was set since the fibril last looked. */
	bool changed;
	/** The driver has something to tell the back end. */
	bool update;
	/** The driver gave the back end up. */
	bool failed;
	/** The system is to be suspended. */
	bool suspend;
	/** The driver wants to end. */
	bool stopping;
	/** The fibril has ended. */
	bool ended;
};

/** Called by xenbus: note the state of the back end. */
static void fe_backend_changed(void *arg, xenbus_state_t state, bool online)
{
	xen_frontend_t *fe = arg;

	fibril_mutex_lock(&fe->lock);
	if (state == XENBUS_STATE_SUSPEND) {
		fe->suspend = true;
	} else {
		/* What is told again and again may be the same. */
		if (!fe->known || fe->backend != state || fe->online != online)
			fe->changed = true;
		fe->known = true;
		fe->backend = state;
		fe->online = online;
	}
	fibril_condvar_broadcast(&fe->cv);
	fibril_mutex_unlock(&fe->lock);
}

/** Announce the state that is wanted, unless it is known.
 *
 * @return EOK, or an error code if it is to be tried again
 */
static errno_t fe_announce(xen_frontend_t *fe)
{
	if (fe->announced == fe->wanted)
		return EOK;

	errno_t rc = xenbus_set_state(fe->xb, fe->wanted);
	if (rc != EOK && rc != ENOENT)
		return rc;

	fe->gone = rc == ENOENT;
	fe->announced = fe->wanted;
	return EOK;
}

/** Announce a state; one that cannot be for now will be, as a back end that is
 * not told keeps our pages.
 */
static void fe_set_state(xen_frontend_t *fe, xenbus_state_t state)
{
	fe->wanted = state;
	/* The same again, too: it has the back end look at us. */
	fe->announced = XENBUS_STATE_UNKNOWN;
	errno_t rc = fe_announce(fe);
	if (rc != EOK) {
		ddf_msg(LVL_WARN, "%s: state %d cannot be announced yet: %s.",
		    ddf_dev_get_name(fe->dev), (int) state, str_error(rc));
	}
}

/** Connect, or wait for another back end.
 *
 * @return New phase
 */
static fe_phase_t fe_connect(xen_frontend_t *fe)
{
	bool first = !fe->again;
	errno_t rc = fe->ops->connect(fe->arg, fe->xb);

	fe->refused = rc == ENOTSUP || rc == EINVAL;
	fe->again = rc != EOK && !fe->refused;
	if (rc != EOK && (first || fe->refused)) {
		ddf_msg(LVL_ERROR, "%s: the back end cannot be used%s: %s.",
		    ddf_dev_get_name(fe->dev), fe->again ? " yet" : "",
		    str_error(rc));
	}
	if (fe->refused)
		fe_set_state(fe, XENBUS_STATE_CLOSED);
	if (rc != EOK)
		return FE_IDLE;

	fe->connected = true;
	fe->bound = false;
	fe_set_state(fe, XENBUS_STATE_CONNECTED);
	return FE_CONNECTED;
}

/** Use the rings no more and ask the back end to let go of them. */
static fe_phase_t fe_quiesce(xen_frontend_t *fe, xenbus_state_t announce)
{
	if (fe->connected)
		fe->ops->quiesce(fe->arg);

	fe_set_state(fe, announce);
	return FE_CLOSING;
}

/** The back end has let go of the rings. */
static void fe_disconnect(xen_frontend_t *fe)
{
	if (!fe->connected)
		return;

	fe->ops->disconnect(fe->arg);
	fe->connected = false;
}

/** Whether a back end in this state uses no rings */
static bool backend_is_off(xenbus_state_t state)
{
	return state == XENBUS_STATE_UNKNOWN ||
	    state == XENBUS_STATE_INITIALISING ||
	    state == XENBUS_STATE_INIT_WAIT || state == XENBUS_STATE_CLOSED;
}

/** Whether a back end in this state has seen that we are closed.
 *
 * Linux's takes over the rings that it finds while it still is InitWait; it
 * lets go of them when the front end closes, and is Closed then.
 */
static bool backend_has_moved(xenbus_state_t state)
{
	return state != XENBUS_STATE_INIT_WAIT;
}

/** Whether a back end that was told that we are closed uses no rings, nor is
 * about to
 */
static bool backend_let_go(xenbus_state_t state)
{
	return backend_is_off(state) && backend_has_moved(state);
}

/** Nothing is shared: go on from what the back end's state now is.
 *
 * @return New phase
 */
static fe_phase_t fe_idle(xen_frontend_t *fe, xenbus_state_t backend,
    bool online)
{
	/*
	 * In these states a back end begins, or is not there: it is not the one
	 * that could not be used.
	 */
	if (backend == XENBUS_STATE_UNKNOWN ||
	    backend == XENBUS_STATE_INITIALISING ||
	    backend == XENBUS_STATE_INIT_WAIT)
		fe->refused = false;

	if (backend == XENBUS_STATE_CLOSING) {
		fe_set_state(fe, XENBUS_STATE_CLOSED);
		return FE_IDLE;
	}
	/* Still bound to rings of whoever was here before us */
	if (!backend_is_off(backend))
		return fe_quiesce(fe, XENBUS_STATE_CLOSED);

	/*
	 * "Closed, then Initialising" makes a back end start again; one that is
	 * to go, or is of no use, is not asked.
	 */
	if (online && !fe->refused && fe->wanted == XENBUS_STATE_CLOSED)
		fe_set_state(fe, XENBUS_STATE_INITIALISING);

	if (backend == XENBUS_STATE_INIT_WAIT)
		return fe_connect(fe);

	fe->again = false;
	return FE_IDLE;
}

/** Wait, for a limited time, until the back end is in such a state.
 *
 * @param fe   Front end
 * @param is   Decides about a state
 * @param stay Go on when the front end is to stop.
 *
 * @return False if it is not in such a state when the time is over
 */
static bool fe_await(xen_frontend_t *fe, bool (*is)(xenbus_state_t), bool stay)
{
	struct timespec start;
	struct timespec now;

	getuptime(&start);
	now = start;
	fibril_mutex_lock(&fe->lock);
	while (!is(fe->backend) && (stay || !fe->stopping) &&
	    NSEC2USEC(ts_sub_diff(&now, &start)) < CLOSE_TIMEOUT_US) {
		(void) fibril_condvar_wait_timeout(&fe->cv, &fe->lock,
		    RETRY_US);
		fibril_mutex_unlock(&fe->lock);
		(void) fe_announce(fe);
		getuptime(&now);
		fibril_mutex_lock(&fe->lock);
	}
	bool done = is(fe->backend) || (!stay && fe->stopping);
	fibril_mutex_unlock(&fe->lock);

	return done;
}

/** Go on from what the back end's state now is.
 *
 * @return New phase
 */
static fe_phase_t fe_step(xen_frontend_t *fe, xenbus_state_t backend,
    bool online)
{
	switch (fe->phase) {
	case FE_IDLE:
		return fe_idle(fe, backend, online);
	case FE_CONNECTED:
		if (backend == XENBUS_STATE_CONNECTED) {
			fe->bound = true;
			fe->ops->link(fe->arg, true);
			return FE_CONNECTED;
		}
		/*
		 * It goes, or it went and is here again: states that follow
		 * each other quickly are not all seen.
		 */
		if (backend != XENBUS_STATE_CLOSING &&
		    backend != XENBUS_STATE_CLOSED &&
		    backend != XENBUS_STATE_UNKNOWN &&
		    !(fe->bound && backend_is_off(backend)))
			return FE_CONNECTED;
		fe_quiesce(fe, XENBUS_STATE_CLOSED);
		/* That it has moved, the fibril is told of. */
		if (backend == XENBUS_STATE_INIT_WAIT &&
		    fe_await(fe, backend_has_moved, false))
			return FE_CLOSING;
		break;
	case FE_CLOSING:
		break;
	case FE_DEAD:
		return FE_DEAD;
	}

	if (!backend_is_off(backend))
		return FE_CLOSING;

	fe_disconnect(fe);
	return fe_idle(fe, backend, online);
}

/** What there is to do */
typedef struct {
	xenbus_state_t backend;
	bool online;
	bool update;
	bool failed;
	bool suspend;
} fe_event_t;

/** Wait until there is something to do.
 *
 * @return False if the front end is to stop
 */
static bool fe_wait(xen_frontend_t *fe, fe_event_t *event)
{
	bool again = fe->again || fe->announced != fe->wanted;
	bool over = false;

	fibril_mutex_lock(&fe->lock);
	while (!fe->changed && !fe->update && !fe->failed && !fe->suspend &&
	    !fe->stopping && !over) {
		if (!again) {
			fibril_condvar_wait(&fe->cv, &fe->lock);
		} else {
			over = fibril_condvar_wait_timeout(&fe->cv, &fe->lock,
			    RETRY_US) != EOK;
		}
	}

	bool go_on = !fe->stopping;
	event->backend = fe->backend;
	event->online = fe->online;
	event->update = fe->update;
	event->failed = fe->failed;
	event->suspend = fe->suspend;
	fe->changed = false;
	fe->update = false;
	fe->failed = false;
	fe->suspend = false;
	fibril_mutex_unlock(&fe->lock);

	return go_on;
}

/** Part from the back end and undo what connect did, whatever the back end
 * does.
 */
static void fe_part(xen_frontend_t *fe, xenbus_state_t announce)
{
	if (fe->phase == FE_CONNECTED)
		(void) fe_quiesce(fe, announce);
	fe_set_state(fe, XENBUS_STATE_CLOSED);

	/*
	 * In the place of one that is gone there may be another, which waits
	 * for somebody else.
	 */
	if (fe->connected && !fe_await(fe, fe->gone ? backend_is_off :
	    backend_let_go, true)) {
		ddf_msg(LVL_WARN, "%s: the back end does not close.",
		    ddf_dev_get_name(fe->dev));
	}
	fe_disconnect(fe);
}

/** Part from the back end, and begin anew when the system goes on, with the
 * back end that there is then.
 */
static void fe_suspend(xen_frontend_t *fe)
{
	fe_part(fe, XENBUS_STATE_CLOSING);

	/* What was told or found out is of this back end. */
	fibril_mutex_lock(&fe->lock);
	fe->known = false;
	fe->backend = XENBUS_STATE_UNKNOWN;
	fe->changed = false;
	fe->failed = false;
	fibril_mutex_unlock(&fe->lock);

	errno_t rc = xenbus_suspended(fe->xb);
	if (rc != EOK) {
		ddf_msg(LVL_WARN, "%s: xenbus does not suspend: %s.",
		    ddf_dev_get_name(fe->dev), str_error(rc));
	}

	fe->phase = FE_IDLE;
	fe->refused = false;
	fe->again = false;
	fe_set_state(fe, XENBUS_STATE_INITIALISING);
}

/** The front end's fibril */
static errno_t fe_fibril(void *arg)
{
	xen_frontend_t *fe = arg;
	fe_event_t event;

	fe_set_state(fe, XENBUS_STATE_INITIALISING);

	while (fe_wait(fe, &event)) {
		if (event.suspend) {
			fe_suspend(fe);
			continue;
		}

		(void) fe_announce(fe);
		if (event.failed) {
			/*
			 * The driver caught the back end lying, if only while
			 * it closed: let it go, but do not start again with it.
			 */
			fe_part(fe, XENBUS_STATE_CLOSED);
			fe->phase = FE_DEAD;
			continue;
		}

		fe->phase = fe_step(fe, event.backend, event.online);
		if (event.update && fe->phase == FE_CONNECTED &&
		    fe->ops->update != NULL)
			fe->ops->update(fe->arg, fe->xb);
	}

	fe_part(fe, XENBUS_STATE_CLOSING);

	fibril_mutex_lock(&fe->lock);
	fe->ended = true;
	fibril_condvar_broadcast(&fe->cv);
	fibril_mutex_unlock(&fe->lock);
	return EOK;
}

/** Start the hand-shake with the back end.
 *
 * @param dev  Child device of xenbus
 * @param ops  The driver's operations
 * @param arg  Their argument
 * @param rfe  Place for the front end
 *
 * @return EOK or an error code
 */
errno_t xen_frontend_start(ddf_dev_t *dev, const xen_frontend_ops_t *ops,
    void *arg, xen_frontend_t **rfe)
{
	xen_frontend_t *fe = calloc(1, sizeof(xen_frontend_t));
	if (fe == NULL)
		return ENOMEM;

	fe->dev = dev;
	fe->ops = ops;
	fe->arg = arg;
	fe->phase = FE_IDLE;
	fibril_mutex_initialize(&fe->lock);
	fibril_condvar_initialize(&fe->cv);

	fid_t fid = fibril_create(fe_fibril, fe);
	if (fid == 0) {
		free(fe);
		return ENOMEM;
	}

	errno_t rc = xenbus_open(dev, fe_backend_changed, fe, &fe->xb);
	if (rc != EOK) {
		fibril_destroy(fid);
		free(fe);
		return rc;
	}

	/* Before operations are called, which may call back */
	*rfe = fe;
	fibril_add_ready(fid);
	return EOK;
}

/** Have the operation update called.
 *
 * It is called once at least after this, unless the front end is not connected
 * or will soon not be. May be called from anywhere; does not wait.
 */
void xen_frontend_update(xen_frontend_t *fe)
{
	fibril_mutex_lock(&fe->lock);
	fe->update = true;
	fibril_condvar_broadcast(&fe->cv);
	fibril_mutex_unlock(&fe->lock);
}

/** Whether there is something else to do: an operation that takes long ends
 * then, and calls xen_frontend_update() if it has more to do.
 */
bool xen_frontend_has_news(xen_frontend_t *fe)
{
	fibril_mutex_lock(&fe->lock);
	bool news = fe->changed || fe->failed || fe->stopping;
	fibril_mutex_unlock(&fe->lock);
	return news;
}

/** Give the back end up, as it does what it must not.
 *
 * May be called from anywhere and any number of times; does not wait.
 */
void xen_frontend_fail(xen_frontend_t *fe)
{
	fibril_mutex_lock(&fe->lock);
	fe->failed = true;
	fibril_condvar_broadcast(&fe->cv);
	fibril_mutex_unlock(&fe->lock);
}

/** Part from the back end and end.
 *
 * When this returns, no operation runs and none will be called. Waits for the
 * back end, for a limited time.
 */
void xen_frontend_stop(xen_frontend_t *fe)
{
	fibril_mutex_lock(&fe->lock);
	fe->stopping = true;
	fibril_condvar_broadcast(&fe->cv);
	while (!fe->ended)
		fibril_condvar_wait(&fe->cv, &fe->lock);
	fibril_mutex_unlock(&fe->lock);

	xenbus_close(fe->xb);
	free(fe);
}

/** @}
 */

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
#include <xen/frontend.h>

/** How long a back end may take to let go of the rings, in microseconds */
#define CLOSE_TIMEOUT_US  10000000

/** How often a state is announced that there is no memory for, and how long to
 * wait in between, in microseconds */
#define STATE_TRIES     5
#define STATE_RETRY_US  10000

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
	 * fibril only. */
	bool connected;
	/** The back end was seen connected to these rings. Used by the fibril
	 * only. */
	bool bound;
	/** The driver could not connect to the back end that there is. Used by
	 * the fibril only. */
	bool refused;
	/** What was last announced. Used by the fibril only. */
	xenbus_state_t announced;

	/** Guards everything below */
	fibril_mutex_t lock;
	/** Signals changed, update, failed, stopping and ended */
	fibril_condvar_t cv;
	/** Last known state of the back end */
	xenbus_state_t backend;
	/** The back end is to stay. */
	bool online;
	/** backend or online was set since the fibril last looked. */
	bool changed;
	/** The driver has something to tell the back end. */
	bool update;
	/** The driver gave the back end up. */
	bool failed;
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
	fe->backend = state;
	fe->online = online;
	fe->changed = true;
	fibril_condvar_broadcast(&fe->cv);
	fibril_mutex_unlock(&fe->lock);
}

static void fe_set_state(xen_frontend_t *fe, xenbus_state_t state)
{
	errno_t rc = xenbus_set_state(fe->xb, state);

	/* A back end that is not told keeps our pages: worth asking again. */
	for (int tries = 1; rc == ENOMEM && tries < STATE_TRIES; tries++) {
		fibril_usleep(STATE_RETRY_US);
		rc = xenbus_set_state(fe->xb, state);
	}

	fe->announced = state;
	/* The directory is gone when the device was detached. */
	if (rc != EOK && rc != ENOENT) {
		ddf_msg(LVL_WARN, "%s: state %d cannot be announced: %s.",
		    ddf_dev_get_name(fe->dev), (int) state, str_error(rc));
	}
}

/** Connect, or wait for another back end.
 *
 * @return New phase
 */
static fe_phase_t fe_connect(xen_frontend_t *fe)
{
	errno_t rc = fe->ops->connect(fe->arg, fe->xb);
	if (rc != EOK) {
		ddf_msg(LVL_ERROR, "%s: the back end cannot be used: %s.",
		    ddf_dev_get_name(fe->dev), str_error(rc));
		fe->refused = true;
		fe_set_state(fe, XENBUS_STATE_CLOSED);
		return FE_IDLE;
	}

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

/** Nothing is shared: go on from what the back end's state now is.
 *
 * @return New phase
 */
static fe_phase_t fe_idle(xen_frontend_t *fe, xenbus_state_t backend,
    bool online)
{
	/* In these states a back end begins, or is not there: it is not the one
	 * that could not be used. */
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

	/* "Closed, then Initialising" makes a back end start again; one that is
	 * to go, or is of no use, is not asked. */
	if (online && !fe->refused && fe->announced == XENBUS_STATE_CLOSED)
		fe_set_state(fe, XENBUS_STATE_INITIALISING);

	return backend == XENBUS_STATE_INIT_WAIT ? fe_connect(fe) : FE_IDLE;
}

/** Wait, for a limited time, until a back end that began anew has seen that we
 * are closed.
 *
 * Linux's takes over the rings that it finds while it still is InitWait; it
 * lets go of them when the front end closes, and is Closed then.
 *
 * @return True if its state has changed, which the fibril is told of
 */
static bool fe_wait_moved(xen_frontend_t *fe)
{
	fibril_mutex_lock(&fe->lock);
	while (fe->backend == XENBUS_STATE_INIT_WAIT && !fe->stopping) {
		if (fibril_condvar_wait_timeout(&fe->cv, &fe->lock,
		    CLOSE_TIMEOUT_US) != EOK)
			break;
	}
	bool moved = fe->backend != XENBUS_STATE_INIT_WAIT;
	fibril_mutex_unlock(&fe->lock);

	return moved;
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
		if (backend == XENBUS_STATE_INIT_WAIT && fe_wait_moved(fe))
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

/** Wait until there is something to do.
 *
 * @return False if the front end is to stop
 */
static bool fe_wait(xen_frontend_t *fe, xenbus_state_t *backend, bool *online,
    bool *update, bool *failed)
{
	fibril_mutex_lock(&fe->lock);
	while (!fe->changed && !fe->update && !fe->failed && !fe->stopping)
		fibril_condvar_wait(&fe->cv, &fe->lock);

	bool go_on = !fe->stopping;
	fe->changed = false;
	*update = fe->update;
	fe->update = false;
	*failed = fe->failed;
	fe->failed = false;
	*backend = fe->backend;
	*online = fe->online;
	fibril_mutex_unlock(&fe->lock);

	return go_on;
}

/** Wait, for a limited time, until the back end uses no rings. */
static void fe_wait_off(xen_frontend_t *fe)
{
	fibril_mutex_lock(&fe->lock);
	while (!backend_is_off(fe->backend)) {
		if (fibril_condvar_wait_timeout(&fe->cv, &fe->lock,
		    CLOSE_TIMEOUT_US) != EOK)
			break;
	}
	bool off = backend_is_off(fe->backend);
	fibril_mutex_unlock(&fe->lock);

	if (!off) {
		ddf_msg(LVL_WARN, "%s: the back end does not close.",
		    ddf_dev_get_name(fe->dev));
	}
}

/** The front end's fibril */
static errno_t fe_fibril(void *arg)
{
	xen_frontend_t *fe = arg;
	xenbus_state_t backend;
	bool online;
	bool update;
	bool failed;

	fe_set_state(fe, XENBUS_STATE_INITIALISING);

	while (fe_wait(fe, &backend, &online, &update, &failed)) {
		if (failed && fe->phase == FE_CONNECTED) {
			/*
			 * The driver caught the back end lying: let it go, but
			 * do not start again with it.
			 */
			fe_quiesce(fe, XENBUS_STATE_CLOSED);
			fe_wait_off(fe);
			fe_disconnect(fe);
			fe->phase = FE_DEAD;
			continue;
		}

		fe->phase = fe_step(fe, backend, online);
		if (update && fe->phase == FE_CONNECTED &&
		    fe->ops->update != NULL)
			fe->ops->update(fe->arg, fe->xb);
	}

	if (fe->connected) {
		if (fe->phase == FE_CONNECTED) {
			fe_quiesce(fe, XENBUS_STATE_CLOSING);
			fe_set_state(fe, XENBUS_STATE_CLOSED);
		}
		fe_wait_off(fe);
		fe_disconnect(fe);
	} else {
		fe_set_state(fe, XENBUS_STATE_CLOSED);
	}

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

import { Component, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { PaperLink } from "../paper_link";
import { waitingText } from "../replacement";
import { STORAGE_ICONS } from "../storage_icons";
import { Mark } from "./mark";
import { ScanTools } from "./scan_tools";

/** The crates of the baskets, one basket after the other, and where they stand. */
export class BatchCrates extends Component {
    static template = "cafoutch_drive.BatchCrates";
    static components = { Mark, PaperLink, ScanTools };
    static props = {
        view: Object,
        // What was scanned or is to be put away, see `BatchScreen`.
        atHand: { type: [Object, { value: null }] },
        do: Function,
        goOn: Function,
        leave: Function,
        onScan: Function,
    };

    setup() {
        // `moving`: the number of a crate that gets another place; `asking`: whether a crate
        // is really not needed; `finished`: the basket that was made ready here last.
        this.state = useState({ basket: null, moving: null, asking: false, finished: null });
        this.root = useRef("root");
        useEffect(
            () => {
                this.root.el.scrollIntoView({ block: "start" });
            },
            () => [this.basket?.id]
        );
        // The crate that was scanned, or the places of one that is to get one.
        useEffect(
            () => {
                const crate = this.find(".o_drive_at_hand") || this.find(".o_drive_choices");
                crate?.scrollIntoView({ block: "center" });
            },
            () => [this.props.atHand, this.basket?.crates.length, this.state.moving]
        );
        this.goTo(this.props.atHand);
        onWillUpdateProps((next) => {
            if (next.atHand !== this.props.atHand) {
                this.goTo(next.atHand);
            }
        });
    }

    find(selector) {
        return this.root.el.querySelector(selector);
    }

    goTo(scanned) {
        this.state.basket = scanned?.basket || this.state.basket;
        this.state.moving = scanned?.number || null;
    }

    isAtHand(crate) {
        const { basket, number } = this.props.atHand || {};
        return basket === this.basket.id && number === crate.number;
    }

    get baskets() {
        return this.props.view.baskets;
    }

    /** The basket at hand: the chosen one, or the first that is not ready; where there is
     * one alone, that one also when it is. */
    get basket() {
        const { isAlone } = this.props.view;
        return (
            this.baskets.find((basket) => basket.id === this.state.basket) ||
            this.baskets.find((basket) => this.canBePacked(basket)) ||
            this.baskets.find((basket) => isAlone && basket.state === "ready")
        );
    }

    canBePacked(basket) {
        return basket.state === "preparing" && this.props.view.isFilled(basket);
    }

    get allReady() {
        return this.baskets.every((basket) => basket.state === "ready");
    }

    /** Classes that this basket needs a crate of, or has one of. */
    get classes() {
        const { view } = this.props;
        const needed = view.classesOf(this.basket);
        return view.classes.filter(
            (storage) => needed.includes(storage) || this.cratesOf(this.basket, storage).length
        );
    }

    get others() {
        return this.props.view.classes.filter((storage) => !this.classes.includes(storage));
    }

    icon(storage) {
        return STORAGE_ICONS[storage.code];
    }

    cratesOf(basket, storage) {
        return basket.crates.filter((crate) => crate.storage_class === storage.code);
    }

    placesOf(storage) {
        return this.props.view.places.filter((place) => place.storage_class === storage.code);
    }

    placeOf(crate) {
        return this.props.view.places.find((place) => place.id === crate.place);
    }

    standingText(place) {
        const standing = this.props.view.standing(place);
        if (!standing) {
            return _t("free");
        }
        return standing === 1 ? _t("1 crate") : _t("%s crates", standing);
    }

    removeText(crate) {
        return _t("Remove crate %s", crate.name);
    }

    get title() {
        return this.props.view.isAlone
            ? _t("The crates")
            : _t("Crates of basket %s", this.basket.letter);
    }

    get finishText() {
        return this.props.view.isAlone
            ? _t("The basket is ready")
            : _t("Basket %s is ready", this.basket.letter);
    }

    get finishedText() {
        return this.props.view.isAlone
            ? _t("The basket is ready, and %(name)s is told.", this.state.finished)
            : _t("Basket %(letter)s is ready, and %(name)s is told.", this.state.finished);
    }

    get askText() {
        const { view } = this.props;
        const values = {
            letter: this.basket.letter,
            classes: this.namesOf(view.classesWithoutCrate(this.basket)),
        };
        return view.isAlone
            ? _t("There is no crate for: %(classes)s. Is the basket ready all the same?", values)
            : _t(
                  "Basket %(letter)s has no crate for: %(classes)s. Is it ready all the same?",
                  values
              );
    }

    namesOf(classes) {
        return classes.map((storage) => storage.name).join(", ");
    }

    isPlaced(crate) {
        return this.placeOf(crate) && this.state.moving !== crate.number;
    }

    /** What is still to do for this basket, in one sentence. */
    get todo() {
        const question = this.props.view
            .cellsOf(this.basket)
            .map((cell) => this.props.view.questionOf.get(cell.line))
            .find(Boolean);
        if (question) {
            return waitingText(question);
        }
        const missing = this.props.view.classesWithoutCrate(this.basket);
        if (missing.length) {
            return _t("A crate is still needed for: %s", this.namesOf(missing));
        }
        const nowhere = this.basket.crates.filter((crate) => !crate.place);
        return nowhere.length
            ? _t("Choose a place for: %s", nowhere.map((crate) => crate.name).join(", "))
            : "";
    }

    /** Why no basket can be packed yet. */
    get emptyText() {
        const [question] = this.props.view.questionOf.values();
        return question
            ? waitingText(question)
            : _t("Others are still fetching articles for these baskets.");
    }

    /** A crate that is missing is only asked for: cheese may well travel beside the salad. */
    get possible() {
        const { crates } = this.basket;
        const empty = this.props.view.cellsOf(this.basket).every((cell) => !cell.prepared);
        return crates.every((crate) => crate.place) && (empty || crates.length > 0);
    }

    stateText(basket) {
        if (basket.state === "ready") {
            return _t("ready");
        }
        return this.props.view.isFilled(basket) ? _t("to put away") : _t("in progress");
    }

    choose(basket) {
        Object.assign(this.state, { basket: basket.id, moving: null, asking: false });
    }

    add(storage) {
        this.state.asking = false;
        const number = Math.max(0, ...this.basket.crates.map((crate) => crate.number)) + 1;
        return this.props.do("crate", {
            order: this.basket.id,
            storage_class: storage.code,
            number,
        });
    }

    move(crate) {
        this.state.moving = crate.number;
    }

    place(crate, place) {
        this.state.moving = null;
        return this.props.do("place", {
            order: this.basket.id,
            number: crate.number,
            place: place.id,
        });
    }

    remove(crate) {
        return this.props.do("remove", { order: this.basket.id, number: crate.number });
    }

    /** A crate that is missing is asked about: what is cold may stand in the warm. */
    finish(sure = false) {
        const { basket } = this;
        if (!sure && this.props.view.classesWithoutCrate(basket).length) {
            this.state.asking = true;
            return;
        }
        Object.assign(this.state, { basket: null, asking: false, finished: basket });
        return this.props.do("finish", { order: basket.id });
    }

    goOnPacking() {
        this.state.asking = false;
    }

    reopen() {
        this.state.finished = null;
        return this.props.do("reopen", { order: this.basket.id });
    }
}

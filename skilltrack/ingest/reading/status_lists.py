"""Lists of the words that systems use for a status, in English, German, French and Spanish; `status_words` reads them.

Those of a completion, an employment and a payment are there in Italian, Dutch, Portuguese, Danish, Norwegian, Swedish
and Polish too.

A word is compared without case, accents, blanks and punctuation. `bestand/en` stands for `bestand` and `bestanden`,
`terminé/e` for `terminé` and `terminée`, `completado/a` for `completado` and `completada`. A word that is added here
is known everywhere.
"""

COUNTS, LEAVE_OUT, LEFT, REVOKED, REFUND = "counts", "leave out", "left", "revoked", "refund"
ASKED = ""
"""A word of a status that can mean several things."""
WEAK = "weak"
"""A word that occurs among statuses, such as `full time`; alone it says nothing about an end."""

WORDS: dict[str, dict[str, str]] = {
    "completion": {
        COUNTS: """
            completed; complete; passed; pass; finished; successful; success; succeeded; successfully completed;
            achieved; attained; satisfied; satisfactory; met; competent; certified; qualified; graduated; approved;
            awarded; earned; obtained; issued; granted; credited; done; met requirements; completion; abgeschlossen;
            abschluss; achèvement; finalización; erfolgreich abgeschlossen; bestanden; erfolgreich; absolviert; erfüllt;
            genehmigt; erledigt; zertifiziert; anerkannt; erworben; terminé/e; réussi/e; achevé/e; complété/e; validé/e;
            obtenu/e; certifié/e; admis/e; acquis/e; approuvé/e; effectué/e; accompli/e; fini/e; succès; ok; i.o.;
            erfolgreich teilgenommen; mit erfolg teilgenommen; participé avec succès; asistió con éxito;
            verified; confirmed; cleared; good standing; in good standing; bestätigt; verifiziert; mit erfolg; réussite;
            confirmé/e; vérifié/e; favorable; verificado/a; confirmado/a; favorable;
            erteilt; completado/a; aprobado/a; terminado/a; finalizado/a; superado/a; concluido/a; logrado/a;
            obtenido/a; apto/a; certificado/a; acreditado/a; exitoso/a;
            geslaagd; behaald; voltooid; afgerond; voldaan; superato/a; completato/a; promosso/a; idoneo/a;
            conseguito/a; concluso/a; aprovado/a; concluído/a; concluido/a; feito; bestått; bestået; godkänd; godkänt;
            godkendt;
            godkjent; genomförd; genomfört; gennemført; gjennomført; fullført; slutförd; slutfört; avklarad;
            zaliczony; zaliczona; zaliczone; zaliczono; ukończony; ukończona; ukończone; ukończono; zdany; zdane;
            zdał; zdała; pozytywny
            """,
        LEAVE_OUT: """
            failed; fail; failure; incomplete; withdrawn; withdrew; no show; did not attend; absent; in progress;
            started; enrolled; registered; pending; rejected; refused; declined; cancelled; canceled; dropped;
            dropped out; waitlisted; wait listed; waiting list; waitlist; on hold; assigned; unsuccessful; invited;
            booked; scheduled; planned; overdue; past due; not started; not attempted; not yet started; ongoing;
            underway; due; disqualified; unsatisfactory; denied; abandoned; requested; submitted; awaiting approval;
            pending approval; in review; under review; draft; deleted; void; voided; deferred; postponed; unfinished;
            did not finish; did not complete; timed out; to do; unenrolled; deregistered; durchgefallen; abgebrochen;
            unvollständig; nicht teilgenommen; nicht erschienen; abgemeldet; storniert; abgesagt; in bearbeitung;
            in arbeit; laufend; läuft; begonnen; gestartet; angemeldet; eingeschrieben; gebucht; ausstehend; offen;
            abgelehnt; überfällig; zurückgezogen; zugewiesen; geplant; warteliste; nicht begonnen; nicht gestartet;
            fehlgeschlagen; unentschuldigt; beantragt; eingeladen; ungenügend; gelöscht; échoué/e; échec; abandonné/e;
            abandon; annulé/e; en cours; inscrit/e; incomplet; incomplète; refusé/e; rejeté/e; en attente; retiré/e;
            désinscrit/e; non commencé/e; pas commencé/e; commencé/e; débuté/e; non débuté/e; planifié/e; ajourné/e;
            recalé/e; non présenté/e; à faire; en retard; invité/e; assigné/e; insuffisant/e; absent/e; supprimé/e;
            reprobado/a; fallido/a; suspenso/a; abandono; cancelado/a; anulado/a; en curso; en progreso; en proceso;
            inscrito/a; matriculado/a; pendiente; rechazado/a; retirado/a; incompleto/a; ausente; no presentado/a;
            no asistió; no iniciado/a; iniciado/a; asignado/a; programado/a; en espera; atrasado/a; abandonado/a;
            eliminado/a; refer; referred; resit; retake; retake required; nok; not ok; n.i.o.; removed; dropped off;
            duplicate; entschuldigt; nachprüfung; entfernt; doppelt; à repasser; doublon; duplicado/a;
            repetir; a repetir; did not pass; défavorable; desfavorable; ungenügend; nicht bestätigt;
            gezakt; afgewezen; niet verschenen; afwezig; geannuleerd; afgebroken; bezig; in behandeling;
            ingeschreven; ingepland; gepland; onvoldoende; bocciato/a; respinto/a; assente; in corso; annullato/a;
            ritirato/a; da completare; da iniziare; iscritto/a; insufficiente; reprovado/a; inapto/a; em andamento;
            em curso; desistente; em aberto; não compareceu; faltou; dumpet; stryk; strøket; underkänd; underkänt;
            avbruten; avbrutt; afbrudt; pågår; pågående; igangværende; ikke møtt; ikke mødt; uteblev; uteblitt;
            udeblevet; avlyst; inställd; aflyst; påmeldt; anmäld; tilmeldt; niezaliczony; niezaliczona; niezaliczone;
            niezdany; niezdane; negatywny; nieobecny; nieobecna; w trakcie; w toku; anulowany; anulowane; przerwany;
            przerwane; nieukończony; nieukończone; oblany; oblane
            """,
        ASKED: """
            excused; excusé/e; justificado/a; attended; attendance; participated; present; teilnahme; présence;
            asistencia; exempt; exempted; waived; expired; suspended; unknown; closed; active; inactive;
            partially completed; partially complete; partial; teilgenommen; anwesend; befreit; abgelaufen; beendet;
            inaktiv; ausgesetzt; présent/e; participé; a participé; expiré/e; dispensé/e; exempté/e; suspendu/e;
            inactif; asistió; participó; presente; exento/a; caducado/a; vencido/a; expirado/a; suspendido/a;
            inactivo/a; aanwezig; deelgenomen; verlopen; presentato; partecipato; scaduto/a; compareceu; participou;
            deltatt;
            deltaget; deltagit; utgått; utløpt; udløbet; obecny; obecna; nieaktualne
            """,
    },
    "badge": {
        COUNTS: """
            accepted; issued; claimed; active; valid; published; earned; awarded; verified; renewed; current; gültig;
            aktiv; angenommen; akzeptiert; ausgestellt; verliehen; veröffentlicht; actif; active; valable; valide;
            accepté/e; émis/e; délivré/e; publié/e; vérifié/e; en vigueur; vigente; válido/a; activo/a; aceptado/a;
            emitido/a; otorgado/a; publicado/a; verificado/a
            """,
        LEAVE_OUT: """
            pending; rejected; unclaimed; not claimed; unpublished; draft; not accepted; deleted; cancelled; canceled;
            ausstehend; abgelehnt; nicht angenommen; en attente; refusé/e; rejeté/e; non réclamé/e; brouillon;
            pendiente; rechazado/a; no aceptado/a; borrador; entwurf
            """,
        REVOKED: """
            revoked; rescinded; annulled; invalidated; invalid; revocation; widerrufen; entzogen; aberkannt;
            zurückgenommen; ungültig; annulliert; révoqué/e; invalidé/e; révocation; revocado/a; invalidado/a;
            inválido/a; rescindido/a
            """,
        ASKED: """
            expired; lapsed; suspended; archived; replaced; superseded; on hold; abgelaufen; verfallen; ersetzt;
            expiré/e; périmé/e; expirado/a; vencido/a; archiviert; archivé/e; archivado/a; remplacé/e;
            caducado/a; reemplazado/a
            """,
    },
    "employment": {
        COUNTS: """
            active; activated; employed; on payroll; current; current employee; aktuelle/r; hire; hired; rehire;
            rehired; promotion; transfer;
            data change; job change; position change; pay change; on leave; leave; leave of absence; parental leave;
            loa; lwop; lwp; pto; fmla; ltd; std; mat leave; maternity; paternity; ez; mutterschutzfrist;
            maternity leave; paternity leave; medical leave; sick leave; paid leave; unpaid leave; leave with pay;
            leave without pay; long term leave; sabbatical; on notice; notice period; probation; in probation;
            on probation; probationary; working; onboarded; enabled; furlough; furloughed; secondment; on secondment;
            garden leave; aktiv; aktiviert; angestellt; beschäftigt; elternzeit; in elternzeit; mutterschutz; beurlaubt;
            probezeit; in probezeit; langzeitkrank; freigestellt; im dienst; ruhend; actif; active; activé/e; en poste;
            en activité; présent/e; en congé; congé; congé maternité; congé parental; congé sabbatique; arrêt maladie;
            période d'essai; en fonction; activo/a; activado/a; en activo; vigente; empleado/a; contratado/a;
            en licencia; licencia; excedencia; baja médica; de baja médica; baja por maternidad; permiso;
            periodo de prueba; en plantilla; de alta; alta; live; laufend; ungekündigt;
            in dienst; actief; met verlof; in servizio; in forza; attivo/a; ativo/a; afastado/a; férias; anställd;
            ansatt; ansat; aktiv; zatrudniony; zatrudniona; aktywny; aktywna
            """,
        WEAK: """
            full time; part time; permanent; temporary; temp; regular; contract; contractor; fixed term; intern;
            trainee; apprentice; casual; consultant; freelancer; freelance; employee; worker; seasonal; volunteer;
            student; hourly; salaried; exempt; non exempt; vollzeit; teilzeit; befristet; unbefristet; festangestellt;
            werkstudent; praktikant/in; auszubildende/r; minijob; temps plein; temps partiel; cdi; cdd; stagiaire;
            alternant/e; salarié/e; intérimaire; tiempo completo; tiempo parcial; jornada completa; jornada parcial;
            indefinido/a; temporal; becario/a; fijo/a
            """,
        LEFT: """
            terminated; termd; termed; terminate; termination; resignation; retirement; dismissal; separation;
            redundancy;
            kündigung; austritt; pensionierung; licenciement; départ; jubilación; despido; alumni; alumnus; attrition;
            inactive; left; leaver; resigned; retired; dismissed; separated; deceased; former; former employee;
            ex employee; past employee; deactivated; disabled; pensioner; retiree; pensionär/in; rentner/in;
            im ruhestand; beendet; retraité/e; à la retraite; jubilado/a; quit; fired; laid off; made redundant;
            redundant; ended; discharged; archived; deleted; departed; exited; no longer employed;
            voluntarily terminated; involuntarily terminated; terminated for cause; offboarded; contract ended; inaktiv;
            ausgeschieden; ausgetreten; entlassen; beendet; gone; left company; left the company; a quitté/e;
            pensioniert; in rente; im ruhestand; ruhestand; verstorben; ehemalig; ehemalige/r; deaktiviert; archiviert;
            gelöscht; inactif; inactive; parti/e; sorti/e; démissionné; a démissionné; démissionnaire; démission;
            licencié/e; retraité/e; à la retraite; retraite; décédé/e; ancien; ancien salarié; ancien employé; radié/e;
            désactivé/e; terminé/e; fin de contrat; contrat terminé; quitté; archivé/e; supprimé/e; inactivo/a; baja;
            dado de baja; dada de baja; cesado/a; cese; despedido/a; renunció; renuncia; jubilado/a; fallecido/a;
            retirado/a; exempleado/a; terminado/a; finalizado/a; desvinculado/a; desactivado/a; extinguido/a;
            archivado/a; eliminado/a; ex employees; former employees; leavers; retirees; retired employees; rentner;
            pensionäre; ehemalige mitarbeiter; ausgesch; anciens salariés; retraités; jubilados; exempleados;
            ex empleado/a;
            uit dienst; ontslagen; inactief; cessato/a; dimesso/a; licenziato/a; non in forza; desligado/a;
            demitido/a; inativo/a; rescindido/a; slutat; avslutad; avgått; sluttet; fratrådt; fratrådt stilling;
            opsagt; zwolniony; zwolniona; nieaktywny; nieaktywna
            """,
        LEAVE_OUT: """
            pre hire; prehire; pending hire; future hire; future start; candidate; applicant; offer; offered;
            offer accepted; not hired; vacant; vacancy; eliminated; rescinded; never started; no show; open position;
            künftig; zukünftig; bewerber/in; unbesetzt; vakant; futur/e; candidat/e; vacant/e; à pourvoir; candidato/a;
            vacante; futuro/a
            """,
        ASKED: """
            gekündigt; de baja; term;
            suspended; on hold; unknown; blocked; locked; pending; dormant; absent; invited; gesperrt; unbekannt;
            abwesend; suspendu/e; bloqué/e; en attente; invité/e; suspendido/a; bloqueado/a; pendiente; ausente
            """,
    },
    "payment": {
        COUNTS: """
            paid; settled; completed; complete; charge; charged; approved; posted; cleared; processed; success;
            successful; succeeded; purchase; payment; captured; invoice; invoiced; sale; confirmed; bezahlt;
            beglichen; verbucht; gebucht; abgeschlossen; genehmigt; rechnung; zahlung; kauf; belastung; erfolgreich;
            payé/e; réglé/e; acquitté/e; facture; facturé/e; paiement; achat; débit; validé/e; encaissé/e;
            comptabilisé/e; pagado/a; factura; facturado/a; pago; compra; cargo; liquidado/a; completado/a;
            factuur; fattura; fatura; faktura;
            aprobado/a; contabilizado/a; paid in full; fully paid; paid out; debit; debited; direct debit; disbursed;
            remitted; reconciled; executed; actual; actuals; bill; billed; bill payment; expense; expensed; prepaid;
            dr; gezahlt; überwiesen; überweisung; lastschrift; abgebucht; ausgezahlt; auszahlung; ausgeglichen;
            vollständig bezahlt; eingangsrechnung; ist; istkosten; ausgabe; aufwand; ausgeführt; versé/e; prélevé/e;
            captured; zahlungseingang; payment received; prélèvement; virement; débité/e; soldé/e; règlement;
            réalisé/e; réel/le; dépense; décaissé/e;
            exécuté/e; effectué/e; payé en totalité; entièrement payé/e; saldado/a; desembolsado/a; ejecutado/a;
            realizado/a; real; transferido/a; transferencia; adeudo; gasto; cobrado/a; pago realizado;
            totalmente pagado/a;
            betaald; voldaan; pagato/a; saldato/a; quitado/a; betalt; betald; bogført; bokført; bokförd; zapłacono;
            zapłacony; zapłacone; opłacone; opłacona
            """,
        LEAVE_OUT: """
            declined; failed; cancelled; canceled; void; voided; pending; rejected; refused; draft; unpaid; not paid;
            open; due; overdue; past due; expired; planned; quote; estimate; denied; error; deleted; abgelehnt;
            fehlgeschlagen; storniert; offen; ausstehend; unbezahlt; entwurf; überfällig; angebot; geplant;
            kostenvoranschlag; gelöscht; refusé/e; rejeté/e; annulé/e; échoué/e; en attente; impayé/e; brouillon; devis;
            en retard; ouvert/e; supprimé/e; rechazado/a; cancelado/a; anulado/a; fallido/a; pendiente; impagado/a;
            borrador; vencido/a; presupuesto; abierto/a; eliminado/a; plan; forecast; forecasted; forecasts; budget;
            budgeted; projected; projection; estimated; expected; anticipated; scheduled; upcoming; outstanding;
            unsettled; payable; to pay; to be paid; awaiting payment; awaiting approval; pending approval;
            pending payment; payment pending; in process; in progress; processing; submitted; requested; withdrawn;
            disallowed; aborted; abandoned; bounced; proposal; proposed; quoted; quotation; not charged; invalid;
            incomplete; unsuccessful; duplicate; doppelt; doublon; duplicado/a; fällig; planung; plankosten; prognose;
            prognostiziert; hochrechnung; vorschau; budgetiert; schätzung; geschätzt; erwartet; voraussichtlich;
            in prüfung; in bearbeitung; zur zahlung; zu zahlen; zahlbar; beantragt; angefragt; vorgemerkt;
            zurückgewiesen; zurückgezogen; abgebrochen; annulliert; ungültig; voranschlag; veranschlagt; offener posten;
            noch offen; à payer; à régler; dû; planifié/e; prévu/e; prévision; prévisionnel/le; budgété/e; budgétisé/e;
            estimé/e; estimation; programmé/e; projeté/e; en cours; en cours de traitement; en attente de paiement;
            en attente de validation; échu/e; abandonné/e; invalide; proposition; previsto/a; previsión; planificado/a;
            programado/a; presupuestado/a; pronóstico; pronosticado/a; estimado/a; estimación; proyectado/a; por pagar;
            sin pagar; en proceso; en trámite; en curso; pendiente de pago; pendiente de aprobación; denegado/a;
            atrasado/a; esperado/a; inválido/a; cotización; abandonado/a;
            onbetaald; openstaand; te betalen; geannuleerd; afgekeurd; concept; da pagare; insoluto; annullato/a;
            respinto/a; in attesa; em aberto; a pagar; cancelado; ubetalt; obetald; forfalt; förfallen; förfallet;
            avvist; avvisad; annulleret; annullert; niezapłacone; niezapłacony; nieopłacone; anulowane; do zapłaty;
            odrzucone
            """,
        REFUND: """
            refund; refund issued; reversal; chargeback; charge back; credit note; credit memo; return; repayment;
            rückerstattung; gutschrift; rückbuchung; rücklastschrift; stornorechnung; rückzahlung; avoir;
            note de crédit; note d'avoir; devolución; nota de crédito; nota de abono; contracargo; money back;
            credit invoice; vendor credit; supplier credit; reversal entry; rückvergütung; rücküberweisung;
            stornobuchung; stornogutschrift; rechnungskorrektur; korrekturrechnung; rückerstattungsbuchung;
            facture d'avoir; rétrofacturation; rejet de débit; reintegro; extorno;
            terugbetaling; creditnota; creditfactuur; rimborso; nota di credito; reembolso; estorno; nota de crédito;
            kreditnota; kreditfaktura; återbetalning; tilbakebetaling; tilbagebetaling; zwrot; korekta
            """,
        ASKED: """
            refunded; partially refunded; reversed; disputed; credit; reimbursement; reimbursed; authorized; authorised;
            partial; partially paid; written off; write off; on hold; closed; erstattet; zurückerstattet; erstattung;
            teilbezahlt; remboursé/e; remboursement; litige; reembolsado/a; reembolso; devuelto/a; abonado/a; abono;
            disputado/a; cr; partial refund; refund pending; refund requested; partly paid; part paid; part payment;
            partial payment; deposit; down payment; prepayment; advance; advance payment; cancellation; adjustment;
            correction; accrual; accrued; commitment; committed; encumbrance; encumbered; purchase order; ordered;
            order; received; sent; reserved; held; returned; in dispute; under dispute; unknown; active; inactive; soll;
            haben; teilweise bezahlt; teilzahlung; anzahlung; vorauszahlung; abschlag; abschlagszahlung; storno;
            stornierung; korrektur; umbuchung; bestellung; bestellt; freigegeben; eingegangen; versendet; obligo;
            rückstellung; ausgebucht; gestundet; strittig; gemahnt; zurückgezahlt; teilerstattet; teilerstattung;
            abgerechnet; unbekannt; reserviert; partiellement payé/e; paiement partiel; partiellement remboursé/e;
            remboursement partiel; acompte; avance; annulation; ajustement; régularisation; crédité/e; engagé/e;
            engagement; commande; commandé/e; provision; contesté/e; reçu/e; envoyé/e; extourne; contrepassation;
            réservé/e; clôturé/e; inconnu/e; debe; haber; parcialmente pagado/a; pago parcial;
            parcialmente reembolsado/a; reembolso parcial; anticipo; anulación; cancelación; corrección; ajuste;
            acreditado/a; comprometido/a; compromiso; pedido; provisión; en disputa; recibido/a; enviado/a; retrocesión;
            factura rectificativa; reservado/a; cerrado/a; desconocido/a
            """,
    },
    "rating": {
        COUNTS: """
            submitted; self submitted; sent; shared; eingereicht; abgegeben; übermittelt; soumis/e; transmis/e;
            envoyé/e; enviado/a; entregado/a; presentado/a; self; self rating; self rated; self assessment;
            self evaluation; employee; employee rating; selbst; selbsteinschätzung; selbstbewertung; mitarbeiter;
            auto évaluation; salarié/e; auto evaluación; autoevaluación; empleado/a
            """,
        LEAVE_OUT: """
            manager; manager rating; manager assessment; manager evaluation; supervisor; supervisor rating; peer;
            peer rating; peer review; peer assessment; 360; mentor; mentor rating; assessor; requested;
            fremdeinschätzung; fremdbewertung; vorgesetzte/r; führungskraft; kollege; kollegin; évaluation du manager;
            responsable; collègue; jefe; jefa; compañero/a
            """,
        ASKED: """
            pending approval; awaiting approval; pending review; awaiting review; in review; under review; reviewed;
            rejected; returned; in prüfung; zur prüfung; geprüft; abgelehnt; zurückgegeben; en révision; à valider;
            en attente de validation; rejeté/e; refusé/e; en revisión; pendiente de aprobación; rechazado/a; devuelto/a
            """,
    },
    "record": {
        COUNTS: """
            active; published; live; current; approved; enabled; available; valid; aktiv; veröffentlicht; gültig;
            freigegeben; aktuell; genehmigt; verfügbar; actif; active; publié/e; en vigueur; validé/e; approuvé/e;
            disponible; activo/a; publicado/a; vigente; aprobado/a; válido/a; completed; completado/a; abgeschlossen
            """,
        LEAVE_OUT: """
            deleted; draft; void; voided; test; rejected; duplicate; cancelled; canceled; gelöscht; entwurf; abgelehnt;
            storniert; doppelt; supprimé/e; brouillon; rejeté/e; refusé/e; annulé/e; doublon; eliminado/a; borrador;
            rechazado/a; anulado/a; cancelado/a; duplicado/a; denied; withdrawn; zurückgezogen
            """,
        ASKED: """
            inactive; archived; retired; obsolete; deprecated; disabled; discontinued; superseded; expired; pending;
            unpublished; suspended; inaktiv; archiviert; veraltet; eingestellt; ausstehend; abgelaufen; deaktiviert;
            inactif; archivé/e; obsolète; désactivé/e; en attente; expiré/e; inactivo/a; archivado/a; obsoleto/a;
            desactivado/a; pendiente; caducado/a; descatalogado/a
            """,
    },
}
"""What the words of each family of statuses mean. Where a word has two meanings in one family, the first counts."""

ATTENDED = """
    attended; attendance; present; participated; teilgenommen; teilnahme; anwesend; présent/e; présence; participé;
    asistió; asistencia; participó
"""
"""Words for attendance: what it is worth is asked, and whoever was absent has nothing."""

FLAGS = f"""
    {ATTENDED};
    draft; suspended; incomplete; unpaid; disputed; budgeted; quit; gone; left company; left the company; a quitté/e;
    erteilt; reembolso; remboursement;
    active; activated; employed; current; enabled; completed; complete; passed; pass; successful; succeeded;
    finished; achieved; attained; obtained; certified; issued; awarded; earned; valid; accepted; approved; paid;
    settled; cleared; captured; aktiv; aktiviert; angestellt; beschäftigt; abgeschlossen; bestanden; erfolgreich;
    zertifiziert; erfolgreich teilgenommen; mit erfolg teilgenommen; verified; confirmed; good standing;
    in good standing; met; success; posted; on payroll; passed exam;
    bestätigt; verifiziert; erfüllt; réussite; confirmé/e; vérifié/e; succès; superado/a; verificado/a; confirmado/a;
    éxito; zahlungseingang; rückzahlung; ex employee; ehemalige/r; archiviert; ancien salarié; archivé/e; ex empleado/a;
    exempleado/a; archivado/a; ausgestellt; gültig; genehmigt; bezahlt; beglichen; actif; active; activé/e; terminé/e;
    achevé/e; réussi/e;
    validé/e; certifié/e; émis/e; délivré/e; valide; valable; approuvé/e; accepté/e; payé/e; réglé/e; obtenu/e;
    activo/a; activado/a; completado/a; finalizado/a; aprobado/a; superado/a; certificado/a; emitido/a; válido/a;
    vigente; aceptado/a; pagado/a; apto/a; revoked; rescinded; invalidated; invalid; terminated; termd; attrition;
    inactive; left; leaver; resigned; retired; deceased; deactivated; disabled; archived; deleted; cancelled; canceled;
    void; voided; refund; refunded; failed; withdrawn; rejected; declined; no show; absent; former; dismissed; expired;
    lapsed; abgelaufen; verfallen; expiré/e; périmé/e; expirado/a; caducado/a; vencido/a;
    vacant; widerrufen; entzogen; ungültig; inaktiv; ausgeschieden; ausgetreten; gekündigt; deaktiviert; gelöscht;
    storniert; durchgefallen; abgelehnt; révoqué/e; inactif; inactive; parti/e; sorti/e; désactivé/e; supprimé/e;
    annulé/e; échoué/e; refusé/e; revocado/a; inactivo/a; completion; abschluss; achèvement; finalización; planned;
    forecast; estimated; open; pending; outstanding; overdue; reversed; reversal; geplant; offen; überfällig;
    gutschrift; storno; rückerstattung; erstattet; prévu/e; avoir; remboursé/e; impayé/e; previsto/a; pendiente;
    devolución; reembolsado/a; devuelto/a; impagado/a; baja; cesado/a; desactivado/a; eliminado/a; cancelado/a;
    en activo; en activité; en poste; en fonction; en plantilla; im dienst; working; current employee; aktuelle/r;
    blocked; locked; gesperrt; bloqué/e; bloqueado/a; suspendu/e; suspendido/a;
    anulado/a; fallido/a; rechazado/a; removed; dropped; dropped out; superseded; replaced; duplicate; write off;
    written off; entfernt; ersetzt; doppelt; ausgebucht; remplacé/e; doublon; reemplazado/a; duplicado/a;
    geslaagd; behaald; voltooid; afgerond; betaald; superato/a; completato/a; idoneo/a; pagato/a; concluído/a;
    aprovado/a;
    bestått; bestået; godkänd; godkänt; godkendt; godkjent; genomförd; gennemført; gjennomført; fullført; betalt;
    betald;
    zaliczone; ukończone; zdany; zapłacone; actief; attivo/a; ativo/a; gezakt; underkänd; reprovado/a
"""
"""Words that, as a header over yes and no, say what yes means, and that no means the opposite."""

VACANT = """
    vacant; vacancy; vacant post; vacant position; post vacant; position vacant; eliminated; position eliminated;
    n.n.; tbh; tbc; tbd; tba; to be confirmed; to be hired; to be recruited; to be appointed; to be filled; unfilled;
    not filled; open position; unbesetzt; nicht besetzt; vakant; vakanz; zu besetzen; offene stelle; à pourvoir;
    poste vacant; poste à pourvoir; vacante; puesto vacante; plaza vacante; por cubrir; a designar; por designar;
    vacature; openstaande vacature; nog in te vullen; niet ingevuld; posto vacante; posizione vacante; da assegnare;
    da coprire; da assumere; vago; vaga; cargo vago; vaga aberta; a preencher; a contratar; à recruter; à désigner;
    wird besetzt; wird nachbesetzt; nachbesetzung; ledig stilling; ubesat; vakant tjänst; wakat; nieobsadzone
"""
"""What a vacant post has in place of a name."""

FOR_GOOD = """
    failed; fail; failure; withdrawn; withdrew; no show; did not attend; absent; rejected; refused; declined; cancelled;
    canceled; dropped; dropped out; unsuccessful; disqualified; unsatisfactory; denied; abandoned; deleted; void;
    voided; not passed; invalid; aborted; disallowed; bounced; not charged; error; annulled;
    not accepted; durchgefallen; nicht bestanden; abgebrochen; nicht teilgenommen; nicht erschienen;
    storniert; storno; abgesagt; abgelehnt; zurückgezogen; zurückgewiesen; fehlgeschlagen; unentschuldigt; ungenügend;
    gelöscht; nicht angenommen; annulliert; ungültig; échoué/e; échec; abandonné/e; abandon; annulé/e; refusé/e;
    rejeté/e; retiré/e; recalé/e; non réussi/e; non validé/e; non présenté/e; insuffisant/e; absent/e;
    supprimé/e; invalide; reprobado/a; no aprobado/a; no superado/a; fallido/a; suspenso/a; abandono; cancelado/a;
    anulado/a; rechazado/a; retirado/a; ausente; no presentado/a; no asistió; abandonado/a; eliminado/a; denegado/a;
    no aceptado/a; inválido/a; gezakt; niet verschenen; geannuleerd; afgewezen; bocciato/a; respinto/a; assente;
    non superato/a; annullato/a; ritirato/a; reprovado/a; inapto/a; dumpet; strøket; underkänd; underkänt;
    ikke bestått; ikke bestået;
    avlyst; inställd; aflyst; niezaliczony; niezaliczone; niezdany; nieobecny; nieobecna; oblany; anulowane
"""
"""Words with which a row that does not count says that it never will: what is stored under its key is taken back."""

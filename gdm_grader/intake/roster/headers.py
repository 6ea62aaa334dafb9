"""Names by which the columns of a list of the class are known, in several languages."""

# What is meant, and the headers that mean it, in lower case; the first that is found counts. A list of submissions has
# an `id` of its own, so the person's number comes before it.
KNOWN = {
    "number": ("canvas_user_id", "user_id", "user id", "id"),
    "identifier": ("identifier", "id", "kennung", "identifiant", "identificador", "identificatie", "identificativo"),
    "sis": ("sis user id", "sis_user_id", "orgdefinedid", "student id", "roster_identifier", "id number", "idnumber",
            "id-nummer", "matrikelnummer", "numéro d'identification", "número de id", "integration id", "identifier"),
    "login": ("sis login id", "login_id", "login id", "github_username", "username", "user name", "login",
              "user login", "anmeldename",
              "benutzername", "nom d'utilisateur", "nombre de usuario", "nome utente", "gebruikersnaam",
              "anonymous id", "anonymous_id"),
    "email": ("email address", "email", "e-mail", "e-mail-adresse", "adresse de courriel", "dirección de correo",
              "indirizzo email", "e-mailadres"),
    "name": ("full name", "student", "student name", "name", "fullname", "user_name", "vollständiger name",
             "nom complet", "nombre completo", "nome completo", "volledige naam"),
    "first": ("first name", "firstname", "first_name", "vorname", "prénom", "nombre", "nome", "voornaam"),
    "last": ("last name", "surname", "lastname", "last_name", "nachname", "nom de famille", "nom", "apellido(s)",
             "apellidos", "cognome", "achternaam"),
    "grade": ("grade", "bewertung", "note", "calificación", "valutazione", "nota", "cijfer"),
    "most": ("maximum grade", "scale", "beste bewertung", "note maximale", "calificación máxima", "höchste bewertung"),
    "open": ("grade can be changed", "bewertung kann geändert werden", "la note peut être modifiée",
             "la calificación puede ser cambiada", "la valutazione può essere cambiata"),
    "submitted": ("last modified (submission)", "zuletzt geändert (abgabe)", "zuletzt geändert (einreichung)",
                  "dernière modification (travail remis)", "última modificación (entrega)", "submitted_at",
                  "submitted at", "submitted", "submission date", "submission time", "submission_timestamp"),
    "assignment": ("assignment", "assignment name", "assignment_name", "assignment title"),
    "team": ("group", "group name", "group_name", "team", "gruppe", "groupe", "grupo", "gruppo", "groep"),
}
# "No" in the languages of Moodle's column that says whether a grade can be changed.
NO = {"no", "nein", "non", "nee", "não", "nej", "nei", "ei", "nie", "ne", "нет", "ні", "не", "όχι", "hayır", "nu",
      "nem", "ez", "tidak", "nē", "لا", "לא", "خیر", "否", "いいえ", "아니오", "아니요", "không", "ไม่"}

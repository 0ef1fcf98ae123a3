// A person's browser finishes the login by itself; a scanner that only fetches
// the page does not use up the link.
document.getElementById("id_complete_login").submit();
